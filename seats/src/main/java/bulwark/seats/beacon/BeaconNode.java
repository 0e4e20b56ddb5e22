package bulwark.seats.beacon;

import bulwark.kernel.json.StrictJson;
import bulwark.seats.chain.EndpointClient;
import bulwark.seats.chain.RpcFailed;
import bulwark.seats.chain.RpcFailed.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Typed questions to one consensus client over the beacon API (Ethereum beacon-APIs v3). Every method blocks and throws {@link RpcFailed} for
 * an answer that it cannot use: it names the path and the member. Thread-safe.
 */
public final class BeaconNode {
    /** Keys in one question: some clients refuse longer bodies. */
    static final int MAX_IDS = 1_000;

    /** Beyond it the body of a POST is shorter than the path of a GET may be. */
    private static final int MAX_IDS_IN_A_PATH = 30;

    private static final int MAX_PENDING = 50_000;
    private static final long MAX_SLOTS_PER_EPOCH = 1_024;
    private static final long MAX_SECONDS_PER_SLOT = 3_600;
    private static final long MAX_COMMITTEE_PERIOD = 1_000_000;
    /** More than ten thousand years of slots. */
    private static final long MAX_SLOT = 1L << 40;

    private static final String BEACON = "/eth/v1/beacon/";

    private final EndpointClient client;

    public BeaconNode(EndpointClient client) {
        this.client = client;
    }

    public String label() {
        return client.label();
    }

    /** A state by a name: head, finalized, justified; or by its slot. */
    public record StateId(String text) {
        public static final StateId HEAD = new StateId("head");
        public static final StateId FINALIZED = new StateId("finalized");

        public static StateId slot(long slot) {
            return new StateId(Long.toString(slot));
        }
    }

    /** Immutable. @param forkVersion 0x and 8 digits */
    public record Genesis(Instant time, String validatorsRoot, String forkVersion) {}

    /** Figures of the network. @param committeePeriod epochs that a validator must have been active before it may exit */
    public record Spec(long slotsPerEpoch, long secondsPerSlot, long committeePeriod) {}

    /** Whether the client follows the chain: one that does not, or that follows blocks nobody has checked, proves nothing. */
    public record Syncing(long headSlot, boolean syncing, boolean optimistic, boolean executionOffline) {
        public boolean counts() {
            return !syncing && !optimistic && !executionOffline;
        }
    }

    /** Immutable. @param root 0x and 64 digits */
    public record Header(long slot, String root) {}

    /** An epoch with the root of its block. */
    public record Checkpoint(long epoch, String root) {}

    /** A deposit that waits to be processed. Immutable. */
    public record PendingDeposit(String pubkey, String withdrawalCredentials, long amountGwei, long slot) {}

    public Genesis genesis() {
        String path = BEACON + "genesis";
        BeaconValues values = new BeaconValues(client, path);
        JsonNode data = values.data(get(path));
        return new Genesis(
                Instant.ofEpochSecond(values.between(data, "genesis_time", 0, MAX_SLOT)),
                values.bytes(data, "genesis_validators_root", 32),
                values.bytes(data, "genesis_fork_version", 4));
    }

    public Spec spec() {
        String path = "/eth/v1/config/spec";
        BeaconValues values = new BeaconValues(client, path);
        JsonNode data = values.data(get(path));
        return new Spec(
                values.between(data, "SLOTS_PER_EPOCH", 1, MAX_SLOTS_PER_EPOCH),
                values.between(data, "SECONDS_PER_SLOT", 1, MAX_SECONDS_PER_SLOT),
                values.between(data, "SHARD_COMMITTEE_PERIOD", 0, MAX_COMMITTEE_PERIOD));
    }

    public Syncing syncing() {
        String path = "/eth/v1/node/syncing";
        BeaconValues values = new BeaconValues(client, path);
        JsonNode data = values.data(get(path));
        return new Syncing(
                values.number(data, "head_slot"),
                values.flag(data, "is_syncing"),
                values.flag(data, "is_optimistic"),
                values.flag(data, "el_offline"));
    }

    /** Of the block that a state belongs to. */
    public Header header(StateId id) {
        String path = BEACON + "headers/" + id.text();
        BeaconValues values = new BeaconValues(client, path);
        JsonNode data = values.confirmed(get(path));
        JsonNode message = values.object(values.object(data, "header"), "message");
        return new Header(values.between(message, "slot", 0, MAX_SLOT), values.bytes(data, "root", 32));
    }

    /** The newest final epoch that a state knows. */
    public Checkpoint finalized(StateId id) {
        String path = BEACON + "states/" + id.text() + "/finality_checkpoints";
        BeaconValues values = new BeaconValues(client, path);
        JsonNode checkpoint = values.object(values.confirmed(get(path)), "finalized");
        return new Checkpoint(values.between(checkpoint, "epoch", 0, MAX_SLOT), values.bytes(checkpoint, "root", 32));
    }

    /**
     * The validators of these keys, each once, by key; a key that the state does not know is absent.
     *
     * @param pubkeys 0x and 96 hexadecimal digits in lower case; asked for {@value #MAX_IDS} at a time
     */
    public Map<String, BeaconValidatorView> validators(StateId id, List<String> pubkeys) {
        Map<String, BeaconValidatorView> found = new HashMap<>();
        for (int from = 0; from < pubkeys.size(); from += MAX_IDS) {
            List<String> chunk = pubkeys.subList(from, Math.min(pubkeys.size(), from + MAX_IDS));
            for (BeaconValidatorView each : ask(id, chunk)) {
                found.put(each.pubkey(), each);
            }
        }
        return found;
    }

    public Optional<BeaconValidatorView> validator(StateId id, String pubkey) {
        return Optional.ofNullable(validators(id, List.of(pubkey)).get(pubkey));
    }

    private List<BeaconValidatorView> ask(StateId id, List<String> pubkeys) {
        String path = BEACON + "states/" + id.text() + "/validators";
        byte[] answer;
        if (pubkeys.size() <= MAX_IDS_IN_A_PATH) {
            answer = client.get(path, path + "?id=" + String.join(",", pubkeys));
        } else {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("ids", pubkeys);
            answer = client.post(path, path, StrictJson.write(body));
        }
        return validators(path, answer, Set.copyOf(pubkeys));
    }

    /** For a fuzz target: what is made of the bytes of an answer. */
    List<BeaconValidatorView> validators(String path, byte[] answer, Set<String> asked) {
        BeaconValues values = new BeaconValues(client, path);
        List<BeaconValidatorView> found = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (JsonNode each : values.array(values.confirmed(parsed(path, answer)), asked.size())) {
            BeaconValidatorView validator = values.validator(each);
            if (!asked.contains(validator.pubkey()) || !seen.add(validator.pubkey())) {
                throw values.malformed("a validator that was not asked for, or one twice");
            }
            found.add(validator);
        }
        return found;
    }

    /** Deposits that the chain has taken and not processed yet. */
    public List<PendingDeposit> pendingDeposits(StateId id) {
        String path = BEACON + "states/" + id.text() + "/pending_deposits";
        return pendingDeposits(path, client.get(path, path));
    }

    List<PendingDeposit> pendingDeposits(String path, byte[] answer) {
        BeaconValues values = new BeaconValues(client, path);
        List<PendingDeposit> pending = new ArrayList<>();
        for (JsonNode each : values.array(values.confirmed(parsed(path, answer)), MAX_PENDING)) {
            pending.add(new PendingDeposit(
                    values.bytes(each, "pubkey", 48),
                    values.bytes(each, "withdrawal_credentials", 32),
                    values.number(each, "amount"),
                    values.number(each, "slot")));
        }
        return pending;
    }

    private JsonNode get(String path) {
        return parsed(path, client.get(path, path));
    }

    private JsonNode parsed(String path, byte[] answer) {
        try {
            return StrictJson.parse(answer);
        } catch (StrictJson.JsonRefused e) {
            throw client.failed(path, Kind.NOT_JSON, "no strict JSON");
        }
    }
}
