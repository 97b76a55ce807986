// Starts the playground: the theme first, then the connection, then the page.
import { render } from 'preact';
import './layout/theme.css';
import './layout/base.css';
import './layout/layout.css';
import './places/places.css';
import './places/sidebar.css';
import './messages/messages.css';
import './messages/message.css';
import './messages/actions.css';
import './markdown/markdown.css';
import './embeds/embeds.css';
import './files/files.css';
import './components/components.css';
import './modal/modal.css';
import './composer/composer.css';
import './composer/popup.css';
import './inspector/inspector.css';
import './inspector/timeline.css';
import './inspector/session.css';
import './inspector/faults.css';
import 'uplot/dist/uPlot.min.css';
import { App } from './app.js';
import { apply } from './layout/theme.js';
import { connect } from './state/link.js';

apply();
connect();
render(<App />, document.getElementById('app')!);
