import { checkOptions, type Fields } from "../values/fields";
import { absolutePath } from "../values/path";
import { PropPath } from "../values/prop-path";

const RELEASE_LINK = PropPath.of("RestartOn.releaseLink");
const CERTIFICATE = PropPath.of("RestartOn.certificate");

/** A certificate and its key, by the names that `Bind.ssl()` gives them. */
export interface CertificateOptions {
  /** Absolute path of the certificate, in folders in which only root writes: certbot's `/etc/letsencrypt/live/NAME/fullchain.pem`. */
  readonly cert: string;
  /** Absolute path of its key, in such folders as well: certbot's `/etc/letsencrypt/live/NAME/privkey.pem`. */
  readonly key: string;
}

const CERTIFICATE_OPTIONS: Fields<CertificateOptions> = { cert: true, key: true };

/** What is looked at on a host. Without a path it is what the service itself names. */
export type Occasion =
  | { readonly kind: "link"; readonly path: string | undefined }
  | { readonly kind: "certificate"; readonly files: CertificateOptions | undefined };

/**
 * What starts a restart on a host by itself: it goes as `cdktf-puma restart` does, so that what does not boot changes nothing in a
 * rehearsal, and is rolled back without one.
 *
 * @example
 * const restartOn = [RestartOn.releaseLink(), RestartOn.certificate()];
 */
export class RestartOn {
  /**
   * That the link to the release is moved, as Capistrano does: Puma restarts if it leads to another release than the one that runs. Where
   * it moves on meanwhile, Puma restarts once more, so the newest serves in the end. What somebody has gone back from stays
   * so until the link is moved again.
   * @param path of the link, if not `workingDirectory` itself but a folder above it is one: absolute
   * @throws if the path is not absolute
   * @example
   * RestartOn.releaseLink();
   */
  static releaseLink(path?: string): RestartOn {
    if (path !== undefined) absolutePath(RELEASE_LINK.key("path"), path);
    return new RestartOn({ kind: "link", path });
  }

  /**
   * That a certificate is renewed, as certbot does: Puma restarts once what is in it or in its key is another, and the two belong
   * together. The host needs the command `openssl`, by which they are compared.
   * @param options its files, or none for those of the service's own `Bind.ssl()`
   * @throws if a path is not absolute
   * @example
   * RestartOn.certificate({
   *   cert: "/etc/letsencrypt/live/example.com/fullchain.pem",
   *   key: "/etc/letsencrypt/live/example.com/privkey.pem",
   * });
   */
  static certificate(options?: CertificateOptions): RestartOn {
    if (options === undefined) return new RestartOn({ kind: "certificate", files: undefined });
    const { cert, key } = checkOptions(CERTIFICATE, options, CERTIFICATE_OPTIONS);
    absolutePath(CERTIFICATE.key("cert"), cert);
    absolutePath(CERTIFICATE.key("key"), key);
    return new RestartOn({ kind: "certificate", files: { cert, key } });
  }

  private constructor(private readonly occasion: Occasion) {}

  /** @internal What is looked at. */
  get _occasion(): Occasion {
    return this.occasion;
  }
}
