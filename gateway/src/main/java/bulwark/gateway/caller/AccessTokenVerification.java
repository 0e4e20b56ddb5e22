package bulwark.gateway.caller;

import bulwark.gateway.fetch.GuardedFetch;
import bulwark.gateway.identity.FirstSightGate;
import bulwark.gateway.identity.IssuerDiscovery;
import bulwark.gateway.identity.KeySetFile;
import bulwark.gateway.identity.KeySource;
import bulwark.gateway.identity.LocalKeySource;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.identity.RemoteKeySource;
import bulwark.gateway.identity.TokenAuthenticator;
import bulwark.gateway.identity.TokenRevocationList;
import bulwark.gateway.identity.TokenVerifier;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.TargetUrl;
import bulwark.kernel.signing.Signing;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells what access tokens are worth, as the settings say: those of Keycloak, or of the local issuer while no Keycloak is set. Thread-safe; {@link #close} ends its thread. */
public final class AccessTokenVerification implements AutoCloseable {
    private static final int MAX_KEY_SET_BYTES = 1 << 20;
    private static final Duration UPKEEP_INTERVAL = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    private final KeySource keys;
    private final Optional<GuardedFetch> fetch;
    private final TokenAuthenticator tokens;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread upkeep = EssentialThread.platform("issuer-keys", this::upkeep);

    /**
     * Returns before any key was fetched.
     *
     * @param stateFolder where the last good key set and the keys of local tokens lie
     * @param guard for the connection to the issuer
     */
    public AccessTokenVerification(
            CallerSettings settings,
            Path stateFolder,
            AddressGuard guard,
            TokenRevocationList revocations,
            FirstSightGate gate,
            Signing signing,
            Clock clock) {
        fetch = settings.keySet().map(url -> GuardedFetch.withSystemTrust(guard, MAX_KEY_SET_BYTES));
        keys = keys(settings, stateFolder, signing, clock);
        TokenVerifier verifier =
                new TokenVerifier(settings.issuer(), settings.audiences(), settings.adminAlias(), keys, clock);
        tokens = new TokenAuthenticator(verifier, revocations, gate, clock);
        upkeep.start();
    }

    private KeySource keys(CallerSettings settings, Path stateFolder, Signing signing, Clock clock) {
        if (settings.keySet().isEmpty()) {
            // The ring is there before the first command asks for a token, so that none is made beside it.
            LocalTokenIssuer.open(stateFolder, signing, clock);
            return new LocalKeySource(LocalTokenIssuer.ring(stateFolder), signing, clock);
        }
        TargetUrl url = settings.keySet().get();
        GuardedFetch client = fetch.orElseThrow();
        return new RemoteKeySource(
                settings.discovers()
                        ? () -> IssuerDiscovery.keySet(client, url, settings.issuer())
                        : () -> client.get(url),
                new KeySetFile(stateFolder.resolve("key-set.json"), settings.issuer()),
                settings.keySetCooldown(),
                settings.keySetMaxAge(),
                signing,
                clock);
    }

    /** Keys that the issuer took back end without a new token to ask for them. */
    private void upkeep() {
        try {
            do {
                keys.refresh();
            } while (!stop.await(UPKEEP_INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public TokenAuthenticator tokens() {
        return tokens;
    }

    /** Why no token can be verified now, for readiness; null when some can. */
    public @Nullable String problem() {
        return keys.hasKeys() ? null : "OIDC provider unreachable";
    }

    @Override
    public void close() {
        stop.countDown();
        fetch.ifPresent(GuardedFetch::close);
        upkeep.awaitEnd(CLOSE_TIMEOUT);
    }
}
