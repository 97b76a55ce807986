// Draws parsed markdown as elements and text nodes. A bot's text never becomes markup here.
import { useState } from 'preact/hooks';
import { fullTime, styledTime, useNow } from '../kit/time.js';
import { useStore } from '../state/store.js';
import { parseBlocks } from './blocks.js';
import { parseInline } from './inline.js';
import type { Block, Inline, ListBlock } from './nodes.js';

export function Markdown({ text }: { readonly text: string }) {
  return (
    <div class="markdown">
      {parseBlocks(text).map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
    </div>
  );
}

/** For titles and names: emphasis and links, but no blocks. */
export function InlineMarkdown({ text }: { readonly text: string }) {
  return <Inlines nodes={parseInline(text)} />;
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p>
          <Inlines nodes={block.children} />
        </p>
      );
    case 'subtext':
      return (
        <p class="md-subtext">
          <Inlines nodes={block.children} />
        </p>
      );
    case 'heading':
      return <Heading level={block.level} nodes={block.children} />;
    case 'quote':
      return (
        <blockquote>
          {block.blocks.map((each, index) => (
            <BlockView key={index} block={each} />
          ))}
        </blockquote>
      );
    case 'code-block':
      return (
        <pre>
          <code>{block.text}</code>
        </pre>
      );
    case 'list':
      return <ListView list={block} />;
  }
}

/** Below the page's own headings in the outline. */
function Heading({ level, nodes }: { readonly level: 1 | 2 | 3; readonly nodes: readonly Inline[] }) {
  const Tag = ({ 1: 'h4', 2: 'h5', 3: 'h6' } as const)[level];
  return (
    <Tag class={`md-heading md-h${level}`}>
      <Inlines nodes={nodes} />
    </Tag>
  );
}

function ListView({ list }: { readonly list: ListBlock }) {
  const items = list.items.map((item, index) => (
    <li key={index}>
      <Inlines nodes={item.children} />
      {item.nested.map((nested, at) => (
        <ListView key={at} list={nested} />
      ))}
    </li>
  ));
  return list.ordered ? <ol start={list.start}>{items}</ol> : <ul>{items}</ul>;
}

function Inlines({ nodes }: { readonly nodes: readonly Inline[] }) {
  return (
    <>
      {nodes.map((node, index) => (
        <InlineView key={index} node={node} />
      ))}
    </>
  );
}

function InlineView({ node }: { readonly node: Inline }) {
  switch (node.kind) {
    case 'text':
      return <>{node.text}</>;
    case 'strong':
      return <strong>{<Inlines nodes={node.children} />}</strong>;
    case 'em':
      return <em>{<Inlines nodes={node.children} />}</em>;
    case 'underline':
      return <u>{<Inlines nodes={node.children} />}</u>;
    case 'strike':
      return <s>{<Inlines nodes={node.children} />}</s>;
    case 'spoiler':
      return <Spoiler nodes={node.children} />;
    case 'code':
      return <code>{node.text}</code>;
    case 'link':
      return (
        <a href={node.href} title={node.title || node.href} target="_blank" rel="noopener noreferrer nofollow">
          <Inlines nodes={node.children} />
        </a>
      );
    case 'mention':
      return <Mention what={node.what} id={node.id} />;
    case 'everyone':
      return <span class="mention">{node.text}</span>;
    case 'command':
      return <span class="mention">/{node.name}</span>;
    case 'emoji':
      return <span class="emoji-name">:{node.name}:</span>;
    case 'time':
      return <Timestamp seconds={node.seconds} style={node.style} />;
  }
}

function Spoiler({ nodes }: { readonly nodes: readonly Inline[] }) {
  const [shown, setShown] = useState(false);
  if (shown) {
    return (
      <span class="spoiler spoiler-shown">
        <Inlines nodes={nodes} />
      </span>
    );
  }
  return (
    <button type="button" class="spoiler" aria-label="Spoiler, hidden. Show it" onClick={() => setShown(true)}>
      <span aria-hidden="true" inert>
        <Inlines nodes={nodes} />
      </span>
    </button>
  );
}

function Mention({ what, id }: { readonly what: 'user' | 'role' | 'channel'; readonly id: string }) {
  const name = useStore((state) => {
    if (what === 'user') {
      const known = [...state.users, ...(state.bot.user ? [state.bot.user] : [])].find((user) => user.id === id);
      return `@${known?.displayName ?? 'unknown-user'}`;
    }
    if (what === 'role') {
      const role = state.guilds.flatMap((guild) => guild.roles).find((each) => each.id === id);
      return role ? `@${role.name.replace(/^@/, '')}` : '@unknown-role';
    }
    const channel = state.guilds.flatMap((guild) => guild.channels).find((each) => each.id === id);
    return channel ? `#${channel.name}` : '#unknown';
  });
  return <span class="mention">{name}</span>;
}

function Timestamp({ seconds, style }: { readonly seconds: number; readonly style: string }) {
  const locale = useStore((state) => state.locale);
  const now = useNow(style === 'R' ? 1_000 : 0);
  return (
    <time
      class="timestamp"
      dateTime={new Date(seconds * 1_000).toISOString()}
      title={fullTime(seconds * 1_000, locale)}
    >
      {styledTime(seconds, style, locale, now)}
    </time>
  );
}
