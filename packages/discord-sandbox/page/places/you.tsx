// Who the user is, in which language, and in which colours the page is: shown below, changed in a panel of its own.
import { useState } from 'preact/hooks';
import { Avatar } from '../kit/avatar.js';
import { Icon } from '../kit/icon.js';
import { chooseTheme, THEMES, theme } from '../layout/theme.js';
import { enter } from '../state/link.js';
import { LOCALES } from '../state/locales.js';
import { useStore } from '../state/store.js';
import { NameForm } from './name-form.js';

export function You() {
  const viewer = useStore((state) => state.viewer);
  const locale = useStore((state) => state.locale);
  if (!viewer) return null;
  return (
    <div class="you">
      <button
        type="button"
        class="you-button"
        popovertarget="you-panel"
        aria-haspopup="dialog"
        aria-label={`You are ${viewer.displayName}. Change user, language or colours`}
      >
        <Avatar name={viewer.displayName} bot={false} size={32} />
        <span class="you-texts">
          <span class="you-name">{viewer.displayName}</span>
          <span class="you-locale">{LOCALES[locale] ?? locale}</span>
        </span>
        <Icon name="chevron" size={18} />
      </button>
      <div id="you-panel" class="you-panel" popover="auto" role="dialog" aria-label="You">
        <Users />
        <label class="panel-label" for="locale">
          Language
        </label>
        <select
          id="locale"
          class="native-select"
          value={locale}
          onChange={(event) => enter(undefined, event.currentTarget.value)}
        >
          {Object.entries(LOCALES).map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
        <Themes />
      </div>
    </div>
  );
}

function Users() {
  const users = useStore((state) => state.users);
  const viewer = useStore((state) => state.viewer);
  return (
    <fieldset class="panel-group">
      <legend class="panel-label">You are</legend>
      <div class="you-users">
        {users.map((user) => (
          <label key={user.id} class="radio">
            <input type="radio" name="viewer" checked={user.id === viewer?.id} onChange={() => enter(user.username)} />
            <Avatar name={user.displayName} bot={false} size={24} />
            <span>{user.displayName}</span>
          </label>
        ))}
      </div>
      <NameForm label="Somebody else" onName={async (name) => enter(name)} />
    </fieldset>
  );
}

const NAMES = { system: 'System', dark: 'Dark', light: 'Light' } as const;
const SIGNS = { system: 'half', dark: 'moon', light: 'sun' } as const;

function Themes() {
  const [chosen, setChosen] = useState(theme);
  return (
    <fieldset class="panel-group">
      <legend class="panel-label">Colours</legend>
      <div class="segments">
        {THEMES.map((each) => (
          <label key={each} class="segment">
            <input
              type="radio"
              name="theme"
              class="visually-hidden"
              checked={chosen === each}
              onChange={() => {
                chooseTheme(each);
                setChosen(each);
              }}
            />
            <Icon name={SIGNS[each]} size={16} />
            {NAMES[each]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
