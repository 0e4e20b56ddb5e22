package bulwark.gateway.credential;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.caller.CallerToken;
import bulwark.gateway.fetch.GuardedFetch;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.secret.SecretFolder;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All credentials of the gateway towards backends. A call bears the one of its route and consumer, or else the one of its route, in place of what the caller sent under that name. A
 * credential goes only where the route went when it was stored. Thread-safe.
 */
public final class BackendCredentials implements AutoCloseable {
    public static final List<AuditEventType> EVENTS = List.of(CredentialRows.SET, CredentialRows.REMOVED);

    private static final Logger LOG = LoggerFactory.getLogger(BackendCredentials.class);
    /** Before the route's id, in the names of {@link #secrets}. */
    public static final String OF_ROUTE = "backend_credential:";

    /** Before what tells one consumer's credential from another. */
    public static final String OF_CONSUMERS = "consumer_credential:";

    private static final int MAX_TOKEN_BYTES = 64 << 10;
    private static final long RETRY_SECONDS = 1;

    private final CredentialRows rows;
    private final SecretFolder folder;
    private final GuardedFetch fetch;
    private final Clock clock;
    private final Map<Key, Live> live = new ConcurrentHashMap<>();

    private record Key(String route, String consumer) {}

    /**
     * @param secret null while its file cannot be read
     * @param value of the header; null while it is a token that is fetched
     * @param token of the gateway itself, and exchanged those of callers: one of both where the credential has a token endpoint
     */
    private record Live(
            BackendCredential credential,
            @Nullable SecretBytes secret,
            @Nullable String value,
            @Nullable TokenEndpoint endpoint,
            @Nullable ClientToken token,
            @Nullable ExchangedTokens exchanged) {
        Live(BackendCredential credential, @Nullable SecretBytes secret, @Nullable String value) {
            this(credential, secret, value, null, null, null);
        }
    }

    private BackendCredentials(CredentialRows rows, SecretFolder folder, GuardedFetch fetch, Clock clock) {
        this.rows = rows;
        this.folder = folder;
        this.fetch = fetch;
        this.clock = clock;
        rows.load().forEach(this::use);
    }

    /**
     * @param folder that {@code secret_ref} names files of
     * @param fetch asks token endpoints; closed with this
     */
    public static BackendCredentials open(
            AuditedStore store,
            Path stateFolder,
            SecretFolder folder,
            GuardedFetch fetch,
            Signing signing,
            Clock clock) {
        return new BackendCredentials(CredentialRows.open(store, stateFolder, signing), folder, fetch, clock);
    }

    /** How much of an answer of a token endpoint is taken. */
    public static int maxTokenBytes() {
        return MAX_TOKEN_BYTES;
    }

    private void use(BackendCredential credential) {
        SecretBytes secret = credential
                .secret()
                .in(folder)
                .filter(found -> fits(credential, found))
                .orElse(null);
        if (secret == null) {
            LOG.warn(
                    "The file of the secret of route {} cannot be read, or does not fit into a header, so that its calls are refused.",
                    credential.routeId());
        }
        live.put(key(credential), live(credential, secret));
    }

    private static Key key(BackendCredential credential) {
        return new Key(credential.routeId(), credential.consumerId());
    }

    private Live live(BackendCredential credential, @Nullable SecretBytes secret) {
        if (secret == null) {
            return new Live(credential, null, null);
        }
        String text = secret.exposeText(SecretAccess.grant());
        return switch (credential.type()) {
            case API_KEY -> new Live(credential, secret, text);
            case BEARER -> new Live(credential, secret, "Bearer " + text);
            case BASIC -> new Live(credential, secret, basic(credential, text));
            case OAUTH2_CLIENT_CREDENTIALS -> {
                TokenEndpoint endpoint = new TokenEndpoint(credential, secret, fetch);
                yield new Live(credential, secret, null, endpoint, new ClientToken(credential, endpoint, clock), null);
            }
            case OAUTH2_TOKEN_EXCHANGE -> {
                TokenEndpoint endpoint = new TokenEndpoint(credential, secret, fetch);
                yield new Live(
                        credential,
                        secret,
                        null,
                        endpoint,
                        null,
                        new ExchangedTokens(credential, endpoint, clock, ExchangedTokens.MAX_TOKENS));
            }
        };
    }

    /** Reads the files of secrets again. One that cannot be read, or does not fit into a header, changes nothing. */
    public void reload() {
        live.forEach((key, before) -> {
            if (before.credential().secret() instanceof CredentialSecret.Reference reference) {
                folder.find(reference.name())
                        .filter(next -> before.secret() == null || !next.equalsSecret(before.secret()))
                        .filter(next -> fits(before.credential(), next))
                        .ifPresent(next -> rotate(key, before, next));
            }
        });
    }

    private static boolean fits(BackendCredential credential, SecretBytes secret) {
        return credential.type() == BackendCredential.Type.BASIC
                || CredentialJson.isUsable(secret.exposeText(SecretAccess.grant()));
    }

    private void rotate(Key key, Live before, SecretBytes next) {
        TokenEndpoint endpoint = before.endpoint();
        if (endpoint != null) {
            endpoint.rotate(next);
        }
        Live after = endpoint == null
                ? live(before.credential(), next)
                : new Live(before.credential(), next, null, endpoint, before.token(), before.exchanged());
        if (live.replace(key, before, after)) {
            LOG.info(
                    "The secret of route {} towards its backend was replaced.",
                    before.credential().routeId());
        }
    }

    /** Secrets in use, for their age: of each route, and of consumers with the digest of their name. */
    public Map<String, SecretBytes> secrets() {
        Map<String, SecretBytes> secrets = new TreeMap<>();
        live.forEach((key, one) -> {
            if (one.secret() != null) {
                secrets.put(key.consumer().isEmpty() ? OF_ROUTE + key.route() : OF_CONSUMERS + key, one.secret());
            }
        });
        return secrets;
    }

    private static String basic(BackendCredential credential, String secret) {
        byte[] pair = (credential.username() + ":" + secret).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    /** The stage after the policies: what they answer themselves needs no credential. */
    public RequestStage after(RequestStage policies) {
        return call -> switch (policies.decide(call)) {
            case StageResult.Pass _ -> show(call);
            case StageResult.Refuse refuse -> refuse;
            case StageResult.Again again -> again;
            case StageResult.Later later ->
                new StageResult.Later(
                        later.result().thenApply(late -> late instanceof StageResult.Pass ? show(call) : late));
        };
    }

    private StageResult show(GatewayCall call) {
        ApiRoute route = call.route();
        if (live.isEmpty() || route == null || call.localAnswer() != null) {
            return StageResult.PASS;
        }
        Live found = find(route.id(), call.principal());
        if (found == null) {
            return StageResult.PASS;
        }
        if (!found.credential().isFor(route)) {
            return unavailable(call, "The credential of this API was stored for another backend; store it again.");
        }
        if (found.value() != null) {
            call.addBackendField(found.credential().headerName(), found.value());
            return StageResult.PASS;
        }
        if (found.exchanged() != null) {
            return exchanged(call, found, found.exchanged());
        }
        ClientToken token = found.token();
        return token == null
                ? unavailable(call, "The gateway cannot read its own credential for this backend at present.")
                : new StageResult.Later(token.get().handle((text, failure) -> {
                    if (text == null) {
                        LOG.warn("No access token for the backend of route {}: {}", route.id(), sentence(failure));
                        return unavailable(
                                call, "The gateway cannot get its own credential for this backend at present.");
                    }
                    call.addBackendField(found.credential().headerName(), "Bearer " + text);
                    return StageResult.PASS;
                }));
    }

    private static StageResult exchanged(GatewayCall call, Live found, ExchangedTokens tokens) {
        BackendCredential credential = found.credential();
        SecretBytes own = CallerToken.of(call);
        Principal caller = call.principal();
        if (own == null || caller == null) {
            return forbidden(
                    call,
                    "caller_token_required",
                    "The backend of this API gets a token that is made out of the caller's own: call with an access token.");
        }
        return new StageResult.Later(tokens.get(own, caller.authentication().expires())
                .handle((text, failure) -> {
                    if (text != null) {
                        call.addBackendField(credential.headerName(), "Bearer " + text);
                        return StageResult.PASS;
                    }
                    LOG.warn(
                            "No token of audience {} for a caller of route {}: {}",
                            credential.audience(),
                            credential.routeId(),
                            sentence(failure));
                    return failure instanceof TokenRequestRefused refused && refused.concernsCaller()
                            ? forbidden(
                                    call,
                                    "token_exchange_refused",
                                    "The token endpoint gives this caller no token for the backend of this API; ask its administrator for access to that backend.")
                            : unavailable(call, "The gateway cannot exchange tokens for this backend at present.");
                }));
    }

    private static StageResult forbidden(GatewayCall call, String code, String sentence) {
        call.decidedBy("backend credential");
        return new StageResult.Refuse(new GatewayRefusal.Forbidden(code, sentence, null));
    }

    private static String sentence(@Nullable Throwable failure) {
        return failure == null ? "" : String.valueOf(failure.getMessage());
    }

    private @Nullable Live find(String route, @Nullable Principal principal) {
        Live own = principal == null ? null : live.get(new Key(route, principal.entityUri()));
        return own != null ? own : live.get(new Key(route, ""));
    }

    /** Why the secret of a credential is not there, for {@code secret_ref}; null when it is. */
    public @Nullable String problem(BackendCredential credential) {
        if (!(credential.secret() instanceof CredentialSecret.Reference reference)) {
            return null;
        }
        return folder.find(reference.name())
                .filter(secret -> !fits(credential, secret))
                .map(secret -> "the file holds a secret that does not fit into a header; keep visible ASCII characters")
                .orElseGet(() -> folder.problem(reference.name()));
    }

    private static StageResult unavailable(GatewayCall call, String sentence) {
        call.decidedBy("backend credential");
        return new StageResult.Refuse(
                new GatewayRefusal.Unavailable("backend_credential_unavailable", sentence, RETRY_SECONDS));
    }

    /** Those of routes, or those of consumers. */
    public List<BackendCredential> list(boolean ofConsumers) {
        return live.values().stream()
                .map(Live::credential)
                .filter(credential -> credential.consumerId().isEmpty() != ofConsumers)
                .sorted(Comparator.comparing(BackendCredential::routeId).thenComparing(BackendCredential::consumerId))
                .toList();
    }

    /**
     * In force when it returns.
     *
     * @param route that it is for
     * @return whether it replaced one
     */
    public boolean put(BackendCredential credential, ApiRoute route, String actor) {
        BackendCredential bound = credential.boundTo(BackendCredential.urls(route));
        return rows.put(bound, actor, () -> use(bound));
    }

    /** False when there is none. @param consumer empty for the one of all callers */
    public boolean remove(String route, String consumer, String actor) {
        return rows.remove(route, consumer, actor, () -> live.remove(new Key(route, consumer)));
    }

    @Override
    public void close() {
        fetch.close();
    }
}
