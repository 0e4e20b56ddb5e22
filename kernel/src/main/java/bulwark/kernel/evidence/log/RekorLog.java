package bulwark.kernel.evidence.log;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Ed25519Signer;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Rekor service. Appending the same payload under the same key again yields the first entry: Ed25519 signatures are deterministic, and
 * the service answers 409 with the place of what it has. After a key rotation the service takes it for a new entry. Where the service's
 * key is known, every answer is verified: signed entry timestamp, inclusion proof, and checkpoint.
 */
final class RekorLog implements TransparencyLog {
    /** How far the service's clock may be ahead of ours before its times are worthless as evidence. */
    private static final Duration SKEW = Duration.ofHours(1);

    private final RekorClient client;
    private final RekorKeys keys;
    private final RekorTrees trees;
    private final CheckpointFile remembered;
    private final Supplier<Ed25519Signer> signer;
    private final Clock clock;

    RekorLog(
            RekorClient client,
            RekorKeys keys,
            CheckpointFile remembered,
            Supplier<Ed25519Signer> signer,
            Clock clock) {
        this.client = client;
        this.keys = keys;
        this.remembered = remembered;
        this.trees = new RekorTrees(client, keys, remembered);
        this.signer = signer;
        this.clock = clock;
    }

    @Override
    public String backend() {
        return "rekor";
    }

    @Override
    public LogEntry append(LogLeaf leaf) throws LogUnavailable {
        RekorEntry entry = RekorEntry.of(leaf, signer.get());
        RekorAnswer answer = parsed(client.create(entry.request()));
        if (!entry.isIn(answer.body())) {
            throw client.unavailable("answered an entry that is not the one sent", null);
        }
        String fault = keys.areKnown() ? answer.fault(keys) : null;
        if (fault != null) {
            throw client.unavailable("answered an entry that " + fault, null);
        }
        if (answer.integratedTime() > clock.instant().plus(SKEW).getEpochSecond()) {
            throw client.unavailable("answered an entry of the future; check the clock of this machine", null);
        }
        Map<String, @Nullable Object> raw = new LinkedHashMap<>();
        raw.put("uuid", answer.uuid());
        raw.putAll(LogRecord.object(answer.entry()));
        raw.put("payload", leaf.payload());
        return new LogEntry(
                answer.logId(),
                entry.leafHash(),
                answer.logIndex(),
                answer.integratedTime(),
                LogRecord.object(answer.proof()),
                raw);
    }

    private RekorAnswer parsed(byte[] body) throws LogUnavailable {
        try {
            RekorAnswer answer = RekorAnswer.parse(body);
            if (answer == null) {
                throw client.unavailable(
                        "answered something else than one entry with body, logID, logIndex and integratedTime", null);
            }
            return answer;
        } catch (StrictJson.JsonRefused malformed) {
            throw client.unavailable("answered something that is not JSON", malformed);
        }
    }

    /** The entry must be of this payload, stand at this index, and lie in a tree that continues the one before. */
    @Override
    public @Nullable String readBack(String leafHash, long logIndex) throws LogUnavailable {
        byte[] body = client.entryAt(logIndex);
        RekorAnswer answer = body == null ? null : parsed(body);
        if (answer == null || answer.logIndex() != logIndex || !RekorEntry.isOf(answer.body(), leafHash)) {
            return "does not hold what was written at index " + logIndex
                    + ": the service lost or replaced entries, or another one answers";
        }
        String fault = answer.fault(keys);
        if (fault != null) {
            return "shows an entry at index " + logIndex + " that " + fault;
        }
        RekorCheckpoint tree = answer.checkpoint();
        return tree == null ? null : trees.fault(tree);
    }

    @Override
    public void forgetTrees() throws LogUnavailable {
        remembered.delete();
    }

    @Override
    public void ping() throws LogUnavailable {
        client.trees();
    }

    /** Nothing lies here that could be checked. */
    @Override
    public List<String> fsck() {
        return List.of();
    }

    @Override
    public void close() {
        client.close();
    }
}
