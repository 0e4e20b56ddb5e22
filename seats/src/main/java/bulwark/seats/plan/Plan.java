package bulwark.seats.plan;

import bulwark.kernel.json.CanonicalJson;
import bulwark.seats.contract.EvmAddress;
import java.math.BigInteger;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One action on a chain before anybody signs it. Two plans are the same when their canonical bytes are. Immutable.
 *
 * @param seatId decimal; 0 when the action is about no single seat
 * @param treasury whose key signs
 * @param target that is called
 * @param value wei that travel with the call
 * @param calldata 0x and hexadecimal digits in lower case
 * @param proposer name of the person that made it, who cannot approve it
 * @param createdAt to the second
 * @param expiresAt from then on it cannot be signed
 */
public record Plan(
        ChainNetwork network,
        long seatId,
        EvmAddress treasury,
        EvmAddress target,
        BigInteger value,
        String calldata,
        PlannedAction action,
        PlanPreconditions preconditions,
        GasCeiling gas,
        String proposer,
        Instant createdAt,
        Instant expiresAt) {
    public static final String SCHEMA = "csm-plan/1";
    /** Proposer of what no person proposes: the settlement of a vault whose validator was withdrawn. */
    public static final String WATCHER = "watcher:cl";

    public PlanKind kind() {
        return action.kind();
    }

    /** Every value is a text or an object of texts, so that all readers of JSON agree on it. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("kind", kind().word());
        json.put("network", network.json());
        json.put("seatId", Long.toString(seatId));
        json.put("treasury", treasury.text());
        json.put("target", target.text());
        json.put("value", value.toString());
        json.put("calldata", calldata);
        json.put("action", action.json());
        json.put("preconditions", preconditions.json());
        json.put("gas", gas.json());
        json.put("proposer", proposer);
        json.put("createdAt", createdAt.toString());
        json.put("expiresAt", expiresAt.toString());
        return json;
    }

    /** The canonical form, RFC 8785 (all text is ASCII). */
    public byte[] bytes() {
        return CanonicalJson.bytes(json());
    }

    public PlanDigest digest() {
        return PlanDigest.of(bytes());
    }
}
