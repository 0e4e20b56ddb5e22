package bulwark.seats.action;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import bulwark.seats.chain.NetworkFile;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.precondition.ChainSnapshot;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A call of the router that its governor alone may make, in words and bytes for the holder of that cold key. It is no plan: no signer of this program knows its selectors, and nothing here sends it.
 * Immutable.
 *
 * @param governor as every label names it
 * @param proposer who asked for it
 * @param createdAt to the second
 */
record GovernorCall(
        NetworkFile network,
        GateSwitch change,
        EvmAddress governor,
        String epoch,
        long blockNumber,
        String proposer,
        Instant createdAt) {
    private static final String SCHEMA = "csm-governor-call/1";
    /** So that no approval of a plan is one of such a call. */
    private static final String DOMAIN = "csm-governor-call-v1";

    static GovernorCall of(ChainSnapshot look, GateSwitch change, EvmAddress governor, String proposer, Instant now) {
        return new GovernorCall(
                look.network(), change, governor, look.epoch().toString(), look.blockNumber(), proposer, now);
    }

    EvmAddress target() {
        return network.treasuryRouter();
    }

    String calldata() {
        return HexText.of(change.calldata());
    }

    /** What it does, for people. */
    String sentence() {
        return change.sentence() + " of deposit contract "
                + network.depositContract().brief() + ", from governor " + governor.brief() + ", chain "
                + network.chainId() + "; " + change.consequence();
    }

    /** Every value is a text or an object of texts. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("action", change.word());
        json.put("chainId", Long.toString(network.chainId()));
        json.put("depositContract", network.depositContract().text());
        json.put("governor", governor.text());
        json.put("target", target().text());
        json.put("value", "0");
        json.put("function", change.function().signature());
        json.put("calldata", calldata());
        json.put("epoch", epoch);
        json.put("blockNumber", Long.toString(blockNumber));
        json.put("proposer", proposer);
        json.put("createdAt", createdAt.toString());
        return json;
    }

    /** SHA-256 over {@value #DOMAIN}, a zero byte and the canonical form. */
    PlanDigest digest() {
        MessageDigest sha = Digests.newSha256();
        sha.update(DOMAIN.getBytes(StandardCharsets.US_ASCII));
        sha.update((byte) 0);
        return new PlanDigest(HexFormat.of().formatHex(sha.digest(CanonicalJson.bytes(json()))));
    }
}
