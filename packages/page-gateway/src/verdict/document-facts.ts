// What is known of an HTML document when it is judged: its structure, and how much there is to see; never its prose at large.

export interface DocumentFacts {
  /** The end of the document was reached. */
  readonly complete: boolean;
  /** Characters that a reader would see, blanks not counted. */
  readonly visible: number;
  /** The first of them, in words. */
  readonly words: string;
  readonly title: string;
  readonly ids: ReadonlySet<string>;
  readonly classes: ReadonlySet<string>;
  /** Names of form fields. */
  readonly names: ReadonlySet<string>;
  /** Attributes by which widgets are configured, with their first values. */
  readonly keys: ReadonlyMap<string, string>;
  readonly metas: ReadonlyMap<string, string>;
  /** The text right inside an element of a class. */
  readonly labels: ReadonlyMap<string, string>;
  readonly scriptSources: readonly string[];
  readonly frameSources: readonly string[];
  /** Where links and forms lead. */
  readonly links: readonly string[];
  readonly refresh: { readonly seconds: number; readonly url: string | undefined } | undefined;
  /** Inline scripts that name something of a vendor: as they are, and, at the same places, without what they quote. */
  readonly script: string;
  readonly code: string;
  /** Scripts of any kind that run. */
  readonly scripts: number;
  /** Fields that a person fills in. */
  readonly fields: number;
  /** Pictures, videos, frames: what is to be seen without being text. */
  readonly media: number;
  /** `<noscript>` says that JavaScript is needed. */
  readonly asksForScript: boolean;
  readonly body: boolean;
  /** Where a framework puts its application (`#root`, `app-root`), and whether anything stands there. */
  readonly root: { readonly name: string; readonly empty: boolean } | undefined;
}

/** Of a document that was not read, since it has plenty to see. */
export const plentyToSee: DocumentFacts = {
  complete: false,
  visible: Number.POSITIVE_INFINITY,
  ...{ words: '', title: '', script: '', code: '' },
  ...{ ids: new Set(), classes: new Set(), names: new Set() },
  ...{ keys: new Map(), metas: new Map(), labels: new Map() },
  ...{ scriptSources: [], frameSources: [], links: [], refresh: undefined },
  ...{ scripts: 0, fields: 0, media: 0, asksForScript: false, body: false, root: undefined },
};
