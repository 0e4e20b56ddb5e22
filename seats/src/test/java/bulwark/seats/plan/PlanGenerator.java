package bulwark.seats.plan;

import bulwark.seats.contract.EvmAddress;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Random;

/** Plans of every kind, all of them sound, from one seed. */
public final class PlanGenerator {
    public static final VaultCode CODE = VaultCode.parse(
                    ("0x" + "60806040".repeat(40)).getBytes(StandardCharsets.US_ASCII))
            .orElseThrow();
    public static final Instant CREATED = Instant.parse("2026-06-01T08:00:00Z");

    private final Random random;
    private final ChainNetwork network;
    private final EvmAddress treasury;

    public PlanGenerator(long seed) {
        random = new Random(seed);
        network = new ChainNetwork(286, address(), address(), address(), CODE.hash());
        treasury = address();
    }

    public PlanGenerator(long seed, ChainNetwork network, EvmAddress treasury) {
        this.random = new Random(seed);
        this.network = network;
        this.treasury = treasury;
    }

    public ChainNetwork network() {
        return network;
    }

    public Plan plan(PlanKind kind) {
        return plan(action(kind));
    }

    public Plan plan(PlannedAction action) {
        boolean bump = action instanceof PlannedAction.BumpFee;
        String root = action instanceof PlannedAction.Deposit deposit ? deposit.expectedDepositRoot() : hex(32);
        return new Plan(
                network,
                random.nextInt(1_000),
                treasury,
                bump ? network.treasuryRouter() : CallEncoder.target(action, network, treasury),
                bump ? BigInteger.ZERO : CallEncoder.value(action),
                bump ? CallEncoder.calldata(action(PlanKind.APPROVE)) : CallEncoder.calldata(action),
                action,
                new PlanPreconditions(
                        random.nextBoolean() ? PlanPreconditions.CHAIN : PlanPreconditions.PROPOSER,
                        new BigInteger(random.nextInt(256), random),
                        root,
                        random.nextInt(3),
                        address(),
                        hex(32),
                        hex(32)),
                new GasCeiling(
                        200_000 + random.nextInt(100_000), new BigInteger("60000000000"), new BigInteger("2000000000")),
                "olga",
                CREATED,
                CREATED.plusSeconds(86_400));
    }

    public PlannedAction action(PlanKind kind) {
        String pubkey = hex(48);
        VaultParameters parameters = new VaultParameters(
                address(), 3_600 + random.nextInt(2_500_000), BigInteger.ONE.add(new BigInteger(60, random)));
        EvmAddress vault = CODE.address(network, pubkey, parameters);
        String credentials = "0x01" + "00".repeat(11) + vault.text().substring(2);
        long gwei = PlanReader.SEAT_GWEI;
        return switch (kind) {
            case APPROVE -> new PlannedAction.Approve(pubkey, credentials, gwei, network.treasuryRouter());
            case REMOVE -> new PlannedAction.Remove(pubkey, credentials, gwei, network.treasuryRouter());
            case DEPOSIT -> {
                String signature = hex(96);
                yield new PlannedAction.Deposit(
                        pubkey,
                        credentials,
                        signature,
                        DepositDataRoot.of(pubkey, credentials, gwei, signature),
                        hex(32),
                        gwei,
                        vault,
                        parameters);
            }
            case DEPLOY_VAULT -> new PlannedAction.DeployVault(pubkey, vault, parameters);
            case FORCE_EXIT ->
                new PlannedAction.ForceExit(
                        pubkey, vault, BigInteger.ONE.add(new BigInteger(random.nextInt(50), random)));
            case PROPOSE_SETTLEMENT ->
                new PlannedAction.ProposeSettlement(vault, new BigInteger(random.nextInt(256), random));
            case FINALIZE_SETTLEMENT, CANCEL_SETTLEMENT, CLAIM_PRINCIPAL, DRAIN_REMAINDER ->
                new PlannedAction.VaultStep(kind, vault);
            case BUMP_FEE -> new PlannedAction.BumpFee(new PlanDigest(hex(32).substring(2)), random.nextInt(1_000));
            case CANCEL ->
                new PlannedAction.CancelTransaction(new PlanDigest(hex(32).substring(2)), random.nextInt(1_000));
        };
    }

    public EvmAddress address() {
        return new EvmAddress(hex(20));
    }

    public String hex(int bytes) {
        byte[] random20 = new byte[bytes];
        random.nextBytes(random20);
        return "0x" + HexFormat.of().formatHex(random20);
    }
}
