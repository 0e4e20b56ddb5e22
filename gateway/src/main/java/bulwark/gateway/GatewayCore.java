package bulwark.gateway;

import bulwark.gateway.caller.CallerSettings;
import bulwark.gateway.caller.GatewayIdentity;
import bulwark.gateway.egress.StoppedConnections;
import bulwark.gateway.egress.StoppedConnections.Stage;
import bulwark.gateway.evidence.GatewayEvidence;
import bulwark.gateway.quota.GatewayQuotas;
import bulwark.gateway.redis.RedisSettings;
import bulwark.gateway.redis.SharedRedis;
import bulwark.gateway.secret.CurrentSecrets;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.signing.Signing;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a gateway keeps and judges calls by: store, records, counts and identities, opened and closed in one order. Thread-safe. */
final class GatewayCore implements AutoCloseable {
    private final AuditedStore store;
    private final GatewayEvidence evidence;
    private final GatewayQuotas quotas;
    private final GatewayIdentity identity;

    /** What everything in a gateway is made with. */
    record Environment(
            Configuration settings,
            CurrentSecrets secrets,
            Path directory,
            Path stateFolder,
            AddressGuard guard,
            StoppedConnections egress,
            Metrics metrics,
            Clock clock) {
        /** The guard of one kind of connections, which counts what it stops. */
        AddressGuard guard(Stage stage) {
            return egress.counted(guard, stage);
        }

        /** Null where no Redis is named. */
        @Nullable
        SharedRedis redis() {
            return RedisSettings.of(settings, secrets, directory, clock);
        }
    }

    private GatewayCore(AuditedStore store, GatewayEvidence evidence, GatewayQuotas quotas, GatewayIdentity identity) {
        this.store = store;
        this.evidence = evidence;
        this.quotas = quotas;
        this.identity = identity;
    }

    /** @param onFatal takes the sentence with which the store failed: nothing is promised any more */
    static GatewayCore open(Environment with, Consumer<String> onFatal) {
        Configuration settings = with.settings();
        AuditedStore store =
                GatewayStore.open(with.stateFolder(), settings.text("STOA_ACCEPT_EVIDENCE_LOSS"), with.clock());
        GatewayEvidence evidence = null;
        GatewayQuotas quotas = null;
        try {
            evidence = GatewayEvidence.open(store, settings, with.metrics(), with.clock(), onFatal);
            quotas = GatewayQuotas.open(settings, with.stateFolder(), with.redis(), with.metrics(), with.clock());
            return new GatewayCore(store, evidence, quotas, identity(with, store));
        } catch (RuntimeException e) {
            close(null, evidence, quotas, store);
            throw e;
        }
    }

    private static GatewayIdentity identity(Environment with, AuditedStore store) {
        return new GatewayIdentity(
                CallerSettings.of(with.settings()),
                with.stateFolder(),
                store,
                with.guard(Stage.KEY_SET),
                with.redis(),
                with.metrics(),
                Signing.fastest(),
                with.clock());
    }

    AuditedStore store() {
        return store;
    }

    GatewayEvidence evidence() {
        return evidence;
    }

    GatewayQuotas quotas() {
        return quotas;
    }

    GatewayIdentity identity() {
        return identity;
    }

    @Override
    public void close() {
        close(identity, evidence, quotas, store);
    }

    /** In the order in which each hands its last to the next. */
    private static void close(
            @Nullable GatewayIdentity identity,
            @Nullable GatewayEvidence evidence,
            @Nullable GatewayQuotas quotas,
            AuditedStore store) {
        if (identity != null) {
            identity.close();
        }
        if (evidence != null) {
            evidence.close();
        }
        if (quotas != null) {
            quotas.close();
        }
        store.close();
    }
}
