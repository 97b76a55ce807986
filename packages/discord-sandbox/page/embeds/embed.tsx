// One embed as Discord lays it out: colour bar, author, title, description, fields, picture, footer.
import type { APIEmbed } from 'discord-api-types/v10';
import { Picture } from '../kit/picture.js';
import { chatTime } from '../kit/time.js';
import { webAddress } from '../markdown/inline.js';
import { InlineMarkdown, Markdown } from '../markdown/markdown.js';
import { useStore } from '../state/store.js';
import { rowsOf } from './fields.js';

export function Embed({ embed }: { readonly embed: APIEmbed }) {
  const color =
    typeof embed.color === 'number' ? `#${(embed.color & 0xff_ff_ff).toString(16).padStart(6, '0')}` : undefined;
  return (
    <article
      class={`embed${embed.thumbnail ? ' embed-with-thumbnail' : ''}`}
      aria-label={embed.title ? `Embed: ${embed.title}` : 'Embed'}
      {...(color === undefined ? {} : { style: { '--bar': color } })}
    >
      <div class="embed-texts">
        {embed.provider?.name && <div class="embed-provider">{embed.provider.name}</div>}
        {embed.author && <Author author={embed.author} />}
        {embed.title && <Title text={embed.title} url={embed.url} />}
        {embed.description && (
          <div class="embed-description">
            <Markdown text={embed.description} />
          </div>
        )}
        {embed.fields && embed.fields.length > 0 && <Fields fields={embed.fields} />}
      </div>
      {embed.thumbnail && <Picture class="embed-thumbnail" src={embed.thumbnail.url} alt="" opens />}
      {embed.image && (
        <Picture
          class="embed-image"
          src={embed.image.url}
          alt={embed.image.description ?? ''}
          width={embed.image.width ?? null}
          height={embed.image.height ?? null}
          opens
        />
      )}
      <Footer embed={embed} />
    </article>
  );
}

function Author({ author }: { readonly author: NonNullable<APIEmbed['author']> }) {
  const href = webAddress(author.url);
  return (
    <div class="embed-author">
      <Picture class="embed-author-icon" src={author.icon_url} alt="" />
      {href ? <Outside href={href}>{author.name}</Outside> : <span>{author.name}</span>}
    </div>
  );
}

function Title({ text, url }: { readonly text: string; readonly url: string | undefined }) {
  const href = webAddress(url);
  // A link inside a link is no HTML: a linked title stays plain.
  return <div class="embed-title">{href ? <Outside href={href}>{text}</Outside> : <InlineMarkdown text={text} />}</div>;
}

function Fields({ fields }: { readonly fields: NonNullable<APIEmbed['fields']> }) {
  return (
    <dl class="embed-fields">
      {rowsOf(fields).map((row, index) => (
        <div key={index} class={`embed-row embed-row-${row.length}`}>
          {row.map((field, at) => (
            <div key={at} class="embed-field">
              <dt>
                <InlineMarkdown text={field.name} />
              </dt>
              <dd>
                <Markdown text={field.value} />
              </dd>
            </div>
          ))}
        </div>
      ))}
    </dl>
  );
}

function Footer({ embed }: { readonly embed: APIEmbed }) {
  const locale = useStore((state) => state.locale);
  const at = embed.timestamp === undefined ? Number.NaN : Date.parse(embed.timestamp);
  if (!embed.footer?.text && Number.isNaN(at)) return null;
  return (
    <footer class="embed-footer">
      <Picture class="embed-footer-icon" src={embed.footer?.icon_url} alt="" />
      <span>
        {embed.footer?.text}
        {embed.footer?.text && !Number.isNaN(at) && <span aria-hidden="true"> • </span>}
        {!Number.isNaN(at) && <time dateTime={new Date(at).toISOString()}>{chatTime(at, locale)}</time>}
      </span>
    </footer>
  );
}

function Outside({ href, children }: { readonly href: string; readonly children: string }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}
