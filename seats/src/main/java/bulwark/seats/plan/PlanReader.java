package bulwark.seats.plan;

import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads plans of untrusted senders: every field there is and no other, each in its one spelling and within its bounds. */
public final class PlanReader {
    /** Bytes of the longest plan; all that there is are below a quarter of it. */
    public static final int MAX_BYTES = 16_384;

    static final long SEAT_GWEI = 32_000_000_000L;
    private static final long MAX_EXACT = 1L << 53;
    private static final int MAX_CALLDATA_BYTES = 4_096;
    private static final BigInteger MAX_WEI = new BigInteger("1000000000000000000000000");
    private static final BigInteger MAX_GAS_PRICE = new BigInteger("1000000000000000");

    private PlanReader() {}

    /** @throws PlanRefused naming every field that is wrong */
    public static Plan read(byte[] utf8) {
        if (utf8.length > MAX_BYTES) {
            throw new PlanRefused(List.of("a plan has at most " + MAX_BYTES + " bytes"));
        }
        JsonNode document;
        try {
            document = StrictJson.parse(utf8);
        } catch (StrictJson.JsonRefused e) {
            throw new PlanRefused(List.of(String.valueOf(e.getMessage())));
        }
        return read(document);
    }

    /** @throws PlanRefused naming every field that is wrong */
    public static Plan read(JsonNode document) {
        List<String> faults = new ArrayList<>();
        Plan plan = plan(new TextFields(JsonFields.of(document, "", faults)));
        if (!faults.isEmpty()) {
            throw new PlanRefused(faults);
        }
        return plan;
    }

    private static Plan plan(TextFields fields) {
        fields.exactly("schema", Plan.SCHEMA);
        PlanKind kind =
                PlanKind.of(fields.word("kind", PlanKind.words().split(", "))).orElse(PlanKind.CANCEL);
        Instant created = fields.time("createdAt");
        Instant expires = fields.time("expiresAt");
        if (!expires.isAfter(created)) {
            fields.fault("expiresAt", "must be after createdAt");
        }
        Plan plan = new Plan(
                network(fields.object("network")),
                fields.number("seatId", 0, MAX_EXACT),
                fields.address("treasury"),
                fields.address("target"),
                fields.amount("value", BigInteger.ZERO, MAX_WEI),
                fields.anyBytes("calldata", MAX_CALLDATA_BYTES),
                action(kind, fields.object("action")),
                preconditions(fields.object("preconditions")),
                gas(fields.object("gas")),
                fields.name("proposer"),
                created,
                expires);
        fields.end();
        return plan;
    }

    /** Contracts of a chain, as they stand in a plan and in a policy. */
    public static ChainNetwork network(TextFields fields) {
        ChainNetwork network = new ChainNetwork(
                fields.number("chainId", 1, MAX_EXACT),
                fields.address("depositContract"),
                fields.address("vaultFactory"),
                fields.address("treasuryRouter"),
                fields.bytes("vaultCreationCodeHash", 32));
        fields.end();
        return network;
    }

    private static PlannedAction action(PlanKind kind, TextFields fields) {
        PlannedAction action = switch (kind) {
            case APPROVE ->
                new PlannedAction.Approve(
                        pubkey(fields), credentials(fields), amount(fields), fields.address("depositor"));
            case REMOVE ->
                new PlannedAction.Remove(
                        pubkey(fields), credentials(fields), amount(fields), fields.address("depositor"));
            case DEPOSIT ->
                new PlannedAction.Deposit(
                        pubkey(fields),
                        credentials(fields),
                        fields.bytes("signature", 96),
                        fields.bytes("depositDataRoot", 32),
                        fields.bytes("expectedDepositRoot", 32),
                        amount(fields),
                        fields.address("vault"),
                        parameters(fields));
            case DEPLOY_VAULT ->
                new PlannedAction.DeployVault(pubkey(fields), fields.address("vault"), parameters(fields));
            case FORCE_EXIT ->
                new PlannedAction.ForceExit(
                        pubkey(fields),
                        fields.address("vault"),
                        fields.amount("maxFeeWei", BigInteger.ONE, VaultParameters.PRINCIPAL_TARGET_WEI));
            case PROPOSE_SETTLEMENT ->
                new PlannedAction.ProposeSettlement(fields.address("vault"), fields.amount("maxRewardsClaimedWei"));
            case FINALIZE_SETTLEMENT, CANCEL_SETTLEMENT, CLAIM_PRINCIPAL, DRAIN_REMAINDER ->
                new PlannedAction.VaultStep(kind, fields.address("vault"));
            case BUMP_FEE -> new PlannedAction.BumpFee(replaced(fields), fields.number("nonce", 0, MAX_EXACT));
            case CANCEL -> new PlannedAction.CancelTransaction(replaced(fields), fields.number("nonce", 0, MAX_EXACT));
        };
        fields.end();
        return action;
    }

    private static String pubkey(TextFields fields) {
        return fields.bytes("pubkey", 48);
    }

    private static String credentials(TextFields fields) {
        return fields.bytes("withdrawalCredentials", 32);
    }

    private static long amount(TextFields fields) {
        return fields.number("amountGwei", SEAT_GWEI, SEAT_GWEI);
    }

    private static PlanDigest replaced(TextFields fields) {
        return new PlanDigest(fields.bytes("replaces", 32).substring(2));
    }

    private static VaultParameters parameters(TextFields fields) {
        return new VaultParameters(
                fields.address("beneficiary"),
                fields.number(
                        "claimDelaySeconds",
                        VaultParameters.MIN_CLAIM_DELAY_SECONDS,
                        VaultParameters.MAX_CLAIM_DELAY_SECONDS),
                fields.amount("maxClaimPerPeriodWei", BigInteger.ONE, VaultParameters.PRINCIPAL_TARGET_WEI));
    }

    private static PlanPreconditions preconditions(TextFields fields) {
        PlanPreconditions preconditions = new PlanPreconditions(
                fields.word("source", PlanPreconditions.CHAIN, PlanPreconditions.PROPOSER),
                fields.amount("epoch"),
                fields.bytes("depositRoot", 32),
                fields.number("phase", 0, PlanPreconditions.MAX_PHASE),
                fields.address("owner"),
                fields.bytes("depositContractCodeHash", 32),
                fields.bytes("vaultCodeHash", 32));
        fields.end();
        return preconditions;
    }

    private static GasCeiling gas(TextFields fields) {
        BigInteger fee = fields.amount("maxFeePerGas", BigInteger.ONE, MAX_GAS_PRICE);
        GasCeiling gas = new GasCeiling(
                fields.number("limit", GasCeiling.MIN_LIMIT, GasCeiling.MAX_LIMIT),
                fee,
                fields.amount("maxPriorityFeePerGas", BigInteger.ZERO, fee));
        fields.end();
        return gas;
    }
}
