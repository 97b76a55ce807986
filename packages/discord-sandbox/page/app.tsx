// The whole page: places on the left, the conversation in the middle, the inspector on the right; on a phone the sides
// come over the middle one at a time.
import { useEffect, useState } from 'preact/hooks';
import { Inspector } from './inspector/inspector.js';
import { Banner } from './layout/banner.js';
import { useMedia } from './layout/media.js';
import { Starting } from './layout/starting.js';
import { Conversation } from './messages/conversation.js';
import { ModalLayer } from './modal/modal.js';
import { Places } from './places/places.js';
import { remember, remembered } from './state/remembered.js';
import { useStore } from './state/store.js';

const PHONE = '(max-width: 760px)';
const ROOMY = '(min-width: 1180px)';

export function App() {
  const ready = useStore((state) => state.viewer !== null);
  const phone = useMedia(PHONE);
  const roomy = useMedia(ROOMY);
  const [drawer, setDrawer] = useState(false);
  const [inspector, setInspector] = useState(() => matchMedia(ROOMY).matches && remembered('inspector') === 'open');
  const showInspector = (open: boolean): void => {
    if (roomy) remember('inspector', open ? 'open' : 'closed');
    setInspector(open);
  };
  const over = drawer || (inspector && !roomy);
  useEffect(() => {
    if (!phone) setDrawer(false);
  }, [phone]);
  useEffect(() => {
    if (!over) return;
    const closeOver = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      setDrawer(false);
      if (!roomy) setInspector(false);
    };
    addEventListener('keydown', closeOver);
    return () => removeEventListener('keydown', closeOver);
  }, [over, roomy]);
  if (!ready) return <Starting />;
  return (
    <div class={`app${drawer ? ' app-drawer' : ''}${inspector ? ' app-inspector' : ''}`}>
      <a class="skip" href="#conversation">
        Skip to the conversation
      </a>
      <Places inert={phone && !drawer} onChoose={() => setDrawer(false)} />
      <Conversation
        inert={over}
        inspector={inspector}
        onMenu={() => setDrawer(true)}
        onInspector={() => showInspector(!inspector)}
      />
      {inspector && <Inspector onClose={() => showInspector(false)} />}
      {over && (
        <button
          type="button"
          class="scrim"
          aria-label="Close"
          tabIndex={-1}
          onClick={() => {
            setDrawer(false);
            if (!roomy) setInspector(false);
          }}
        />
      )}
      <Banner />
      <ModalLayer />
    </div>
  );
}
