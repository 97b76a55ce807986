// A way out, as the operator listed it.

export interface ProxyServer {
  /** From its label `id=`, else made from its host and port; never holds credentials. */
  readonly id: string;
  /** With its credentials: handed to the connection and shown nowhere. */
  readonly url: string;
  /** Without them. */
  readonly shown: string;
  readonly country: string | undefined;
  readonly pool: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}
