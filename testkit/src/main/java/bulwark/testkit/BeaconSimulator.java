package bulwark.testkit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A consensus layer that drives real execution clients: it asks the first for each block and gives it to all, takes deposits and exits out
 * of the blocks' requests, pays withdrawals, and answers the beacon API once for each label. A label can lag, claim to be optimistic, and lie; the chain can
 * be reorganised. Used by one thread.
 */
public final class BeaconSimulator implements AutoCloseable {
    private static final String ZERO_HASH = "0x" + "0".repeat(64);

    private final BeaconRules rules;
    private final Predicate<BeaconDeposit> counts;
    private final Map<String, Label> labels = new LinkedHashMap<>();
    /** Of the chain that counts, from genesis to head; one block for each slot. */
    private final List<BeaconState> chain = new ArrayList<>();

    private final List<Block> blocks = new ArrayList<>();
    private final long genesisTime;
    private int salt;

    /** What a client must be given to have the block. */
    private record Block(JsonNode payload, JsonNode requests) {}

    /** One client with its beacon API. */
    private static final class Label {
        private final ExecutionClient client;
        private final BeaconApi api;
        private boolean lags;
        /** Blocks that it was given. */
        private int fed;

        Label(ExecutionClient client, BeaconApi api) {
            this.client = client;
            this.api = api;
        }
    }

    /**
     * @param clients by label, all on the same genesis block; the first makes the blocks
     * @param counts whether the signature of a deposit is its key's, on this network
     */
    public BeaconSimulator(BeaconRules rules, Map<String, ExecutionClient> clients, Predicate<BeaconDeposit> counts) {
        this.rules = rules;
        this.counts = counts;
        JsonNode genesis = clients.values().iterator().next().call("eth_getBlockByNumber", "0x0", false);
        genesisTime = Long.decode(genesis.path("timestamp").asString());
        chain.add(new BeaconState(0, genesis.path("hash").asString(), genesisTime, List.of(), List.of(), 0));
        clients.forEach((name, client) -> {
            if (!client.call("eth_getBlockByNumber", "0x0", false).path("hash").equals(genesis.path("hash"))) {
                throw new AssertionError(name + " has another genesis block");
            }
            labels.put(name, new Label(client, new BeaconApi(rules, genesisTime, chain.getFirst())));
        });
    }

    /** Where a label answers the beacon API. */
    public BeaconApi api(String label) {
        return label(label).api;
    }

    private Label label(String name) {
        return Objects.requireNonNull(labels.get(name), name);
    }

    /** A label that lags is given no blocks; when it no longer does, it is given what it missed, in order. */
    public void lags(String label, boolean lags) {
        label(label).lags = lags;
        feed();
    }

    public long epoch() {
        return chain.getLast().epoch(rules);
    }

    /** Of the newest block, in seconds since 1970. */
    public long headTime() {
        return chain.getLast().timestamp();
    }

    /** One block, of the next slot. */
    public void advance() {
        BeaconState head = chain.getLast();
        long slot = head.slot() + 1;
        long time = timeOfNextBlock().getEpochSecond();
        List<BeaconState.Withdrawal> due = head.due(slot, rules);
        ExecutionClient maker = labels.values().iterator().next().client;
        JsonNode started = maker.engine("engine_forkchoiceUpdatedV3", forkChoice(), attributes(time, due));
        JsonNode made =
                maker.engine("engine_getPayloadV4", started.path("payloadId").asString());
        blocks.add(new Block(made.path("executionPayload"), made.path("executionRequests")));
        List<String> requests = new ArrayList<>();
        made.path("executionRequests").forEach(each -> requests.add(each.asString()));
        chain.add(head.after(
                slot, made.path("executionPayload").path("blockHash").asString(), time, requests, due, rules, counts));
        feed();
    }

    public Instant timeOfNextBlock() {
        return Instant.ofEpochSecond(genesisTime + (chain.getLast().slot() + 1) * rules.secondsPerSlot());
    }

    /** What validators and deposits that wait hold together, at the head. */
    public long balanceGwei() {
        BeaconState head = chain.getLast();
        return head.validators().stream()
                        .mapToLong(BeaconValidator::balanceGwei)
                        .sum()
                + head.pending().stream().mapToLong(each -> each.data().gwei()).sum();
    }

    public void advanceEpochs(int epochs) {
        for (int i = 0; i < epochs * rules.slotsPerEpoch(); i++) {
            advance();
        }
    }

    /** Takes the newest blocks away and puts one more in their places, without the transactions that they held. */
    public void reorganise(int depth) {
        int keep = blocks.size() - depth;
        if (chain.get(keep).slot() < finalized().slot()) {
            throw new IllegalArgumentException("what is final stays");
        }
        blocks.subList(keep, blocks.size()).clear();
        chain.subList(keep + 1, chain.size()).clear();
        labels.values().forEach(label -> label.fed = Math.min(label.fed, keep));
        salt++;
        for (int i = 0; i <= depth; i++) {
            advance();
        }
    }

    /** A validator is slashed: it exits, and loses some of its balance. */
    public void slash(String pubkey, long penaltyGwei) {
        BeaconState head = chain.getLast();
        List<BeaconValidator> all = new ArrayList<>(head.validators());
        all.replaceAll(each -> each.pubkey().equals(pubkey)
                ? each.slashedAt(head.epoch(rules) + rules.activationDelay(), penaltyGwei)
                : each);
        chain.set(
                chain.size() - 1,
                new BeaconState(
                        head.slot(),
                        head.hash(),
                        head.timestamp(),
                        List.copyOf(all),
                        head.pending(),
                        head.nextWithdrawal()));
        show();
    }

    private void feed() {
        for (Label label : labels.values()) {
            while (!label.lags && label.fed < blocks.size()) {
                Block block = blocks.get(label.fed);
                String status = label.client
                        .engine("engine_newPayloadV4", block.payload(), List.of(), ZERO_HASH, block.requests())
                        .path("status")
                        .asString();
                if (!status.equals("VALID")) {
                    throw new AssertionError("a client calls a block " + status);
                }
                label.fed++;
            }
            if (!label.lags) {
                label.client.engine("engine_forkchoiceUpdatedV3", forkChoice());
            }
        }
        show();
    }

    private void show() {
        for (Label label : labels.values()) {
            if (!label.lags) {
                label.api.show(List.copyOf(chain), justified(), finalized());
            }
        }
    }

    /** The last block of the epoch before the one before: one slot for each block, everybody votes. */
    private BeaconState finalized() {
        return firstOf(epoch() - 2);
    }

    private BeaconState justified() {
        return firstOf(epoch() - 1);
    }

    private BeaconState firstOf(long epoch) {
        return epoch <= 0 ? chain.getFirst() : chain.get((int) (epoch * rules.slotsPerEpoch()));
    }

    private Map<String, Object> forkChoice() {
        Map<String, Object> choice = new LinkedHashMap<>();
        choice.put("headBlockHash", chain.getLast().hash());
        choice.put("safeBlockHash", nonGenesis(justified()));
        choice.put("finalizedBlockHash", nonGenesis(finalized()));
        return choice;
    }

    private String nonGenesis(BeaconState state) {
        return state.slot() == 0 ? ZERO_HASH : state.hash();
    }

    private Map<String, Object> attributes(long time, List<BeaconState.Withdrawal> due) {
        List<Object> withdrawals = new ArrayList<>();
        for (BeaconState.Withdrawal each : due) {
            withdrawals.add(Map.of(
                    "index", hex(each.index()),
                    "validatorIndex", hex(each.validator()),
                    "address", each.address(),
                    "amount", hex(each.gwei())));
        }
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("timestamp", hex(time));
        attributes.put("prevRandao", "0x" + String.format("%064x", salt));
        attributes.put("suggestedFeeRecipient", "0x" + "22".repeat(20));
        attributes.put("withdrawals", withdrawals);
        attributes.put("parentBeaconBlockRoot", ZERO_HASH);
        return attributes;
    }

    private static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }

    /** Of the head; null when the chain knows no such key. */
    public @Nullable String status(String pubkey) {
        return chain.getLast().validators().stream()
                .filter(each -> each.pubkey().equals(pubkey))
                .map(each -> each.status(epoch(), rules))
                .findFirst()
                .orElse(null);
    }

    @Override
    public void close() {
        labels.values().forEach(label -> label.api.close());
    }
}
