package bulwark.facts.node;

import bulwark.facts.chain.StoredRekorEntries;
import bulwark.facts.identity.NodeKeys;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.log.LogAnchor;
import bulwark.kernel.evidence.log.RekorKeys;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.evidence.log.TransparencyLogs;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.storage.ReadableStore;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which transparency log the settings of a node name.
 *
 * @param store the store file
 */
record NodeLog(Configuration configuration, Path store) {
    static final String PUBLIC_SERVICE = "https://rekor.sigstore.dev";
    private static final String KEY_SETTING = "STIGMEM_TL_REKOR_PUBLIC_KEY";
    private static final String URL_SETTING = "STIGMEM_TL_REKOR_URL";

    String backend() {
        return configuration.text("STIGMEM_TL_BACKEND");
    }

    boolean isRekor() {
        return backend().equals("rekor");
    }

    /** The local log's file, or null with another backend. */
    @Nullable
    Path localFile() {
        return backend().equals("local") ? file() : null;
    }

    private Path file() {
        return store.resolveSibling(configuration.text("STIGMEM_TL_LOCAL_PATH"));
    }

    /**
     * A file of keys that cannot be read is refused with every backend, before the day on which it is needed.
     *
     * @param signer of what goes into a Rekor log
     */
    TransparencyLog open(Supplier<Ed25519Signer> signer, Clock clock) {
        RekorKeys keys = isRekor() || configuration.isSet(KEY_SETTING) ? rekorKeys() : RekorKeys.NONE;
        return switch (backend()) {
            case "rekor" -> TransparencyLogs.rekor(service(), keys, NodeKeys.directory(store), signer, clock);
            case "off" -> TransparencyLogs.off("STIGMEM_TL_BACKEND=off");
            default -> TransparencyLogs.local(file(), clock);
        };
    }

    /** Adds to the checks of a node what it asks a Rekor service, and what the store keeps of its answers. @param newest reads back the newest signed heads */
    Fsck addRekor(Fsck fsck, ReadableStore atRest, TransparencyLog log, Fsck.Check newest) {
        RekorKeys keys = isRekor() || configuration.isSet(KEY_SETTING) ? rekorKeys() : RekorKeys.NONE;
        return fsck.check(
                        "entries of the Rekor service that the store keeps",
                        () -> atRest.read(tx -> StoredRekorEntries.check(tx, keys)))
                .check("the newest signed heads, read back from the Rekor service", newest)
                .check(
                        "manifests and key rotations, read back from the Rekor service",
                        () -> readBack(atRest.read(LogAnchor::remote), log));
    }

    private static List<String> readBack(List<LogAnchor> anchors, TransparencyLog log) throws LogUnavailable {
        List<String> problems = new ArrayList<>();
        for (LogAnchor anchor : anchors) {
            String fault = log.readBack(anchor.leafHash(), anchor.logIndex());
            if (fault != null) {
                problems.add("the transparency log (rekor), asked for the payload " + anchor.leafHash() + ", " + fault);
            }
        }
        return problems;
    }

    /** A log that is only asked, of a node at rest. */
    TransparencyLog readOnly() {
        return TransparencyLogs.rekorReadOnly(service(), rekorKeys(), NodeKeys.directory(store));
    }

    private URI service() {
        return URI.create(configuration.text(URL_SETTING));
    }

    private RekorKeys rekorKeys() {
        if (configuration.isSet(KEY_SETTING)) {
            Path file = store.resolveSibling(configuration.text(KEY_SETTING));
            return RekorKeys.read(new ConfiguredPath(file, KEY_SETTING));
        }
        return isPublicService(configuration) ? RekorKeys.ofPublicService() : RekorKeys.NONE;
    }

    /** Whether the log is a service whose key nobody named. */
    static boolean isUnverified(Configuration configuration) {
        return configuration.text("STIGMEM_TL_BACKEND").equals("rekor")
                && !configuration.isSet(KEY_SETTING)
                && !isPublicService(configuration);
    }

    private static boolean isPublicService(Configuration configuration) {
        return configuration.text(URL_SETTING).replaceAll("/+$", "").equals(PUBLIC_SERVICE);
    }
}
