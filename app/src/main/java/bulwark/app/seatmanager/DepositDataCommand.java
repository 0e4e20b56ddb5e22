package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.seats.contract.HexText;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.deposit.DepositFile;
import bulwark.seats.deposit.DepositFileRefused;
import bulwark.seats.deposit.DepositFinding;
import bulwark.seats.deposit.DepositVerifier;
import bulwark.seats.deposit.ForkVersion;
import bulwark.seats.settings.SeatSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Files of deposit data, judged without a service and without a network. */
@Command(
        name = "deposit-data",
        description = "Judge a file of deposit data before it is handed over.",
        subcommands = DepositDataCommand.Verify.class)
final class DepositDataCommand extends CommandGroup {
    DepositDataCommand(CommandContext context) {
        super(context);
    }

    @Command(
            name = "verify",
            description = "Compute the roots of a deposit_data-*.json again and verify its signature; ends with 1 when"
                    + " the file is refused, with a code for each reason.")
    static final class Verify implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "FILE", description = "The file to judge, which is only read.")
        private String file = "";

        @Option(
                names = "--fork-version",
                paramLabel = "HEX",
                description = "Genesis fork version of the network, in place of SEAT_MANAGER_GENESIS_FORK_VERSION.")
        private @Nullable String forkVersion;

        Verify(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            ForkVersion network = network();
            try (BlsVerifier bls = BlsVerifier.ofThisProgram()) {
                DepositFile deposit = DepositFile.parse(bytes());
                List<DepositFinding> findings = new DepositVerifier(network, bls).verify(deposit, null);
                if (!findings.isEmpty()) {
                    return refused(findings);
                }
                context.out().println("pubkey " + HexText.of(deposit.deposit().pubkey()));
                context.out()
                        .println("withdrawal_credentials "
                                + HexText.of(deposit.deposit().credentials()));
                context.out()
                        .println("deposit_data_root "
                                + HexText.of(deposit.deposit().dataRoot()));
                context.out().println("ok: the key signed a deposit of 32 on the network of " + network);
                return ExitCode.DONE.plain();
            } catch (DepositFileRefused refused) {
                return refused(refused.findings());
            }
        }

        private ForkVersion network() {
            String text = forkVersion != null
                    ? forkVersion
                    : SeatFolder.lenient(context).text(SeatSettings.GENESIS_FORK_VERSION);
            return ForkVersion.parse(text)
                    .orElseThrow(() -> CommandFailed.usage(
                            "the fork version must be 8 hexadecimal digits: give --fork-version, or set "
                                    + SeatSettings.GENESIS_FORK_VERSION));
        }

        private byte[] bytes() {
            Path path = context.directory().resolve(file);
            try (InputStream in = Files.newInputStream(path)) {
                return in.readNBytes(DepositFile.MAX_BYTES + 1);
            } catch (IOException e) {
                throw CommandFailed.usage(file + " cannot be read");
            }
        }

        private int refused(List<DepositFinding> findings) {
            findings.forEach(
                    finding -> context.err().println("error: " + finding.fault().name() + ": " + finding.sentence()));
            context.out().println("refused");
            return ExitCode.NEGATIVE.plain();
        }
    }
}
