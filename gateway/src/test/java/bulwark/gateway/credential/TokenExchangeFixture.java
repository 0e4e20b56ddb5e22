package bulwark.gateway.credential;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.call.TestCalls;
import bulwark.gateway.credential.BackendCredential.Type;
import bulwark.gateway.fetch.GuardedFetch;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.gateway.secret.SecretFolder;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Calls of a route whose backend gets exchanged tokens. */
public final class TokenExchangeFixture implements AutoCloseable {
    static final String ROUTE = "r";

    private static final String HOST = "127.0.0.1/32";

    final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
    private final BackendCredentials credentials;
    private final GuardedFetch fetch;
    private final AuditedStore store;
    private final ApiRoute route =
            RouteJson.parse("{\"id\":\"r\",\"path_prefix\":\"/r\",\"backend_url\":\"https://b.example\"}"
                    .getBytes(StandardCharsets.UTF_8));
    private final RequestStage stage;

    public TokenExchangeFixture(Path folder) {
        store = GatewayStore.open(folder, "", clock);
        AddressGuard guard = new AddressGuard(
                name -> List.of(), new AddressPolicy(List.of(IpPrefix.parse(HOST)), Set.of(), Set.of(), "C", "H", "P"));
        fetch = GuardedFetch.withSystemTrust(guard, BackendCredentials.maxTokenBytes());
        credentials = BackendCredentials.open(store, folder, new SecretFolder(null), fetch, Signing.fastest(), clock);
        stage = credentials.after(RequestStage.PASS);
    }

    /** From now on. @param audience of the tokens that the backend gets */
    public void exchange(String tokenUrl, String client, String secret, String audience) {
        credentials.put(credential(tokenUrl, client, secret, audience), route, "admin");
    }

    private static BackendCredential credential(String tokenUrl, String client, String secret, String audience) {
        return new BackendCredential(
                ROUTE,
                "",
                Type.OAUTH2_TOKEN_EXCHANGE,
                "Authorization",
                new CredentialSecret.Held(SecretBytes.ofText(secret)),
                client,
                tokenUrl,
                null,
                audience,
                List.of());
    }

    /** With a token that was verified. */
    public GatewayCall call(String token, Instant expires) {
        GatewayCall call = TestCalls.call("GET", "/r/x", "192.0.2.7", "Authorization: Bearer " + token + "\r\n");
        call.route(route);
        call.principal(new Principal(
                "ann",
                "acme",
                Set.of(),
                "jti",
                Set.of(),
                new Authentication(Authentication.Method.TOKEN, Set.of(), null, expires, Confirmation.NONE)));
        return call;
    }

    /** By a key. */
    GatewayCall callWithKey() {
        GatewayCall call = TestCalls.call("GET", "/r/x", "192.0.2.7", "X-API-Key: stoa_key\r\n");
        call.route(route);
        call.principal(new Principal("shop", "acme", Set.of(), "k"));
        return call;
    }

    public StageResult decided(GatewayCall call) throws Exception {
        return settled(stage.decide(call));
    }

    /** As the credential of the route keeps them. */
    ExchangedTokens tokens(String tokenUrl, int max) {
        BackendCredential credential = credential(tokenUrl, "stoa", "s3cret", "crm");
        TokenEndpoint endpoint = new TokenEndpoint(credential, SecretBytes.ofText("s3cret"), fetch);
        return new ExchangedTokens(credential, endpoint, clock, max);
    }

    StageResult begun(GatewayCall call) {
        return stage.decide(call);
    }

    static StageResult settled(StageResult result) throws Exception {
        return result instanceof StageResult.Later later
                ? later.result().toCompletableFuture().get(1, TimeUnit.MINUTES)
                : result;
    }

    @Override
    public void close() {
        credentials.close();
        store.close();
    }
}
