package bulwark.acceptance;

import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.plan.CallEncoder;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.GasCeiling;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanPreconditions;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.plan.VaultCode;
import bulwark.seats.plan.VaultParameters;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Two sound plans and the code that makes vaults, as files of a folder. */
final class SeatPlanFixture {
    private SeatPlanFixture() {}

    /** Writes {@code plan.json}, {@code other.json} and {@code vault.hex}. */
    static void write(Path folder) throws IOException {
        String code = HexText.of(ContractCode.WITHDRAWAL_VAULT.creation());
        VaultCode vaults =
                VaultCode.parse(code.getBytes(StandardCharsets.US_ASCII)).orElseThrow();
        Files.writeString(folder.resolve("vault.hex"), code);
        Files.write(folder.resolve("plan.json"), plan(vaults, 3_600).bytes());
        Files.write(folder.resolve("other.json"), plan(vaults, 7_200).bytes());
    }

    private static Plan plan(VaultCode vaults, long claimDelaySeconds) {
        ChainNetwork network = new ChainNetwork(286, address("1a"), address("2b"), address("3c"), vaults.hash());
        EvmAddress treasury = address("4d");
        String pubkey = "0x" + "ab".repeat(48);
        VaultParameters parameters = new VaultParameters(address("5e"), claimDelaySeconds, BigInteger.TEN.pow(18));
        PlannedAction action =
                new PlannedAction.DeployVault(pubkey, vaults.address(network, pubkey, parameters), parameters);
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        return new Plan(
                network,
                1,
                treasury,
                CallEncoder.target(action, network, treasury),
                CallEncoder.value(action),
                CallEncoder.calldata(action),
                action,
                new PlanPreconditions(
                        PlanPreconditions.PROPOSER,
                        BigInteger.ONE,
                        "0x" + "00".repeat(32),
                        0,
                        network.treasuryRouter(),
                        "0x" + "11".repeat(32),
                        "0x" + "22".repeat(32)),
                new GasCeiling(900_000, new BigInteger("60000000000"), new BigInteger("2000000000")),
                "olga",
                now,
                now.plus(24, ChronoUnit.HOURS));
    }

    private static EvmAddress address(String pair) {
        return EvmAddress.of("0x" + pair.repeat(20));
    }
}
