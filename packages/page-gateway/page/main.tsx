// Starts the dashboard: its looks, then the page, then the question who is there.
import { render } from 'preact';
import './layout/theme.css';
import './layout/base.css';
import './layout/layout.css';
import './kit/kit.css';
import './requests/requests.css';
import './trial/trial.css';
import './tickets/tickets.css';
import 'uplot/dist/uPlot.min.css';
import { App } from './layout/app.js';
import { start } from './state/store.js';

render(<App />, document.getElementById('app')!);
void start();
