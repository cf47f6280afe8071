/** A request as it will be sent, without the headers that the client adds by itself. */
export interface SignableRequest {
  readonly method: 'GET' | 'POST';
  /** With its query. */
  readonly url: URL;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined;
  /** Of those vendors whose signature holds for one region; the vendor's own default unless given. */
  readonly region?: string | undefined;
  /** Of those vendors whose signature holds for one product. */
  readonly service?: string | undefined;
}

/** The headers that sign a request at a moment, `authorization` among them. `host` is signed and not returned. */
export type Signer = (
  request: SignableRequest,
  credentials: SigningCredentials,
  date: Date,
) => Readonly<Record<string, string>>;
