package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.signing.Signing;
import bulwark.seats.approval.ApproverKey;
import bulwark.seats.send.ResumeRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** The pause of all sends, and the comparison of a store with chain and signer. */
@Command(
        name = "send",
        description = "Pause all sends, see why they are paused, and compare the store with chain and signer.",
        subcommands = {
            SeatSendCommand.Status.class,
            SeatSendCommand.Pause.class,
            SeatSendCommand.ApproveResume.class,
            SeatSendCommand.Reconcile.class
        })
final class SeatSendCommand extends CommandGroup {
    private static final Duration VALIDITY = Duration.ofHours(24);

    SeatSendCommand(CommandContext context) {
        super(context);
    }

    @Command(name = "status", description = "Print whether sends are paused, why, and what people approve to go on.")
    record Status(CommandContext context) implements Callable<Integer> {
        @Override
        public Integer call() {
            JsonNode state = OwnerRequest.answer(context, "/owner/sends/status", Map.of());
            context.out().println(StrictJson.pretty(state));
            return (state.path("paused").asBoolean(true) ? ExitCode.NEGATIVE : ExitCode.DONE).plain();
        }
    }

    @Command(
            name = "pause",
            description = "Pause all sends at once: nothing is signed or sent until people approved it.")
    static final class Pause implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "REASON", description = "Why, in a sentence; it stands in the audit log.")
        private String reason = "";

        Pause(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            OwnerRequest.answer(context, "/owner/sends/pause", Map.of("reason", reason));
            context.out().println("sends are paused");
            return ExitCode.DONE.plain();
        }
    }

    @Command(
            name = "approve-resume",
            description = "Sign, with a key of your own, that sends go on after a pause, and print that; needs neither"
                    + " network nor service.")
    static final class ApproveResume implements Callable<Integer> {
        private final CommandContext context;

        @Parameters(paramLabel = "FILE", description = "The member resume of the pause, as send status prints it.")
        private String file = "";

        @Option(
                names = "--key",
                required = true,
                paramLabel = "FILE",
                description = "Your key, as approver key create made it.")
        private String key = "";

        ApproveResume(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            byte[] text = Files.readAllBytes(context.directory().resolve(file));
            ResumeRequest request = ResumeRequest.read(text)
                    .orElseThrow(
                            () -> CommandFailed.usage(file + " holds no request to let sends go on: save the member"
                                    + " resume of seat-manager send status"));
            context.err().println(request.sentence());
            context.err().println("digest  " + request.digest().groups());
            try {
                ApproverKey approver = ApproverKey.open(context.directory().resolve(key), Signing.fastest());
                context.out()
                        .println(new String(
                                StrictJson.write(approver.approve(request.digest(), VALIDITY, context.clock())
                                        .json()),
                                StandardCharsets.UTF_8));
            } catch (KeyRefused e) {
                throw CommandFailed.usage(String.valueOf(e.getMessage()));
            }
            return ExitCode.DONE.plain();
        }
    }

    @Command(
            name = "reconcile",
            description = "After a restored store: take the next nonce from the chain and the signer's count as known."
                    + " Look first at what was sent since the backup.")
    record Reconcile(CommandContext context) implements Callable<Integer> {
        @Override
        public Integer call() {
            JsonNode answer = OwnerRequest.answer(context, "/owner/sends/reconcile", Map.of());
            context.out().println(answer.path("sentence").asString(""));
            return ExitCode.DONE.plain();
        }
    }
}
