"""All settings of one emulator, frozen.

They are read once from flags, environment and defaults (see `cli`).
"""

from __future__ import annotations

from msgspec import Struct

CUSTOM_MESSAGE = "custom-message"  # a function's own text in e-mails of a pool with the default sender
LENIENT = (CUSTOM_MESSAGE,)
REQUEST = "request"  # the public URL is that of each request


class Settings(Struct, frozen=True):
    """The settings that an emulator is started with.

    Attributes:
        host: address to listen on; "localhost" means 127.0.0.1 and ::1.
        port: TCP port; 0 takes a free one.
        seeds: paths of seed files and of folders of them, in order; empty means the built-in default seed, `no_seed`
            none at all.
        seeds_dir: path of a folder; the seeds in it, by name, take the place of the default one. It may be absent or
            empty.
        import_file: path of a seed, used in place of the default one; it may be absent if it is `export_on_exit` too.
        export_on_exit: path to which everything is written as a seed when the emulator stops.
        public_url: base URL under which clients reach the emulator; default `http://localhost:<bound port>`, with
            `host` instead of localhost where that does not reach it. "request" takes scheme and Host of each request.
        allow_origin: origins of web pages, such as `https://app.example.com`, that may call signed operations, beside
            those of this machine and its network.
        allow_http_metadata: whether client metadata documents (CIMD) may be on this machine, and have http there.
        issuer: "local" (`<public_url>/<poolId>`), "aws" (`https://cognito-idp.<region>.amazonaws.com/<poolId>`),
            or a base URL to which `/<poolId>` is added.
        impersonate: whether AWS's own host names are served to clients of the proxy on `port`; the issuer is "aws".
        proxy_others: whether that proxy passes connections to other public hosts on; without, it refuses them.
        code: when set, every message code is this one.
        log_codes: whether codes appear in the log.
        account, region: of unsigned calls, seeds, and callers whose access key is not a 12-digit account.
        sts_endpoint: URL of a service with the STS API; identity pools get their credentials there
            (AssumeRoleWithWebIdentity). Without one the emulator makes them.
        fallback: base URL of another emulator (LocalStack, moto, AWS Emulator, ...), to which calls of other services
            are passed on unchanged.
        smtp_url: `smtp://`, `smtps://` or `starttls://[user:password@]host[:port]`, to which e-mails are relayed.
        max_body: largest request body in bytes.
        idle_timeout: seconds without progress after which a request is dropped; 0 waits for ever.
        lambda_endpoint: base URL of a Lambda API (SAM local, LocalStack, ...) that has the functions of triggers.
        lambda_functions: `<name or ARN>=<URL>` of functions that are elsewhere: the base URL of their Lambda API, or
            the whole address of their invocations.
        lenient: AWS's refusals that are left out, of `LENIENT`.
        lambda_attempts: how often a function of a trigger is called that does not answer within 5 seconds.
        tls: whether HTTPS is served too, at `tls_port` (0 takes a free one); so it is with `tls_cert` and `tls_key`,
            files in PEM, which take the place of certificates of a local authority kept in `tls_dir`.
        tls_names: further names under which the server is reached, such as a compose service's.
        crypto_threads: threads for signatures and the powers of SRP; 0 computes them on the event loop, None as many as
            the cores are good for (on one core 0).
        history: how many requests are remembered, with what they changed; 0 remembers none. Changes of users, to which
            a pool can be recovered, are remembered 50 times as many: at least 250 and at most 50,000.
        data: folder in which everything is kept; without one all is in memory, and gone at the end.
        ready_file: path of a file that is there while the emulator answers: `{url, pid, tls_url}` as JSON.
        log_format: "auto" (JSON lines unless on a terminal), "text" or "json".
    """

    host: str = "localhost"
    port: int = 9229
    seeds: tuple[str, ...] = ()
    seeds_dir: str | None = None
    no_seed: bool = False
    import_file: str | None = None
    export_on_exit: str | None = None
    public_url: str | None = None
    allow_origin: tuple[str, ...] = ()
    allow_http_metadata: bool = False
    issuer: str = "local"
    impersonate: bool = False
    proxy_others: bool = False
    code: str | None = None
    log_codes: bool = True
    account: str = "000000000000"
    region: str = "us-east-1"
    sts_endpoint: str | None = None
    fallback: str | None = None
    smtp_url: str | None = None
    max_body: int = 5 * 1024 * 1024
    idle_timeout: int = 75
    crypto_threads: int | None = None
    history: int = 1_000
    data: str | None = None
    ready_file: str | None = None
    log_format: str = "auto"
    lambda_endpoint: str | None = None
    lambda_functions: tuple[str, ...] = ()
    lambda_attempts: int = 1
    lenient: tuple[str, ...] = ()
    tls: bool = False
    tls_names: tuple[str, ...] = ()
    tls_port: int = 9230
    tls_cert: str | None = None
    tls_key: str | None = None
    tls_dir: str = "~/.cognito-emulator/tls"

    @property
    def stated_url(self) -> str | None:
        """The public URL that is fixed by the settings, if any."""
        return None if self.public_url == REQUEST else self.public_url

    @property
    def issued_as(self) -> str:
        """The issuer in effect, as in `issuer`."""
        return "aws" if self.impersonate else self.issuer

    @property
    def has_tls(self) -> bool:
        return self.tls or self.tls_cert is not None
