package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.PrintableText;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** One seat as the service knows it, over its owner's socket. */
@Command(
        name = "show",
        description =
                "Print the state of a seat and how it came to it; --until waits for a state, at most ten minutes.")
final class SeatShowCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
    /** In the order in which a seat comes to them. */
    private static final List<String> STATES = List.of("CREATED", "ALLOWLISTED", "DEPOSITED", "SEEN_BY_CL", "ACTIVE");

    private final CommandContext context;

    @Parameters(paramLabel = "SEAT", description = "Id of the seat: a decimal number.")
    private String seat = "";

    @Option(
            names = "--until",
            paramLabel = "STATE",
            description = "Wait until the seat is in this state or a later one: ALLOWLISTED, DEPOSITED, SEEN_BY_CL or"
                    + " ACTIVE; ends with 1 when it goes another way or takes too long.")
    private @Nullable String until;

    SeatShowCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (until != null && !STATES.contains(until)) {
            throw CommandFailed.usage("--until must name one of " + String.join(", ", STATES));
        }
        String path = "/owner/seats/" + OwnerRequest.seat(seat);
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        JsonNode answer = OwnerRequest.answer(context, path, Map.of());
        int printed = print(answer, 0);
        while (until != null && mayCome(answer, until)) {
            if (System.nanoTime() > deadline) {
                throw CommandFailed.negative("the seat is " + status(answer) + " and was not " + until + " within "
                        + TIMEOUT.toMinutes() + " minutes: seat-manager status says what answers");
            }
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
            answer = OwnerRequest.answer(context, path, Map.of());
            printed = print(answer, printed);
        }
        context.out().println("seat " + seat + "  " + status(answer));
        boolean reached = until == null || place(answer) >= STATES.indexOf(until);
        return (reached ? ExitCode.DONE : ExitCode.NEGATIVE).plain();
    }

    private static boolean mayCome(JsonNode answer, String wanted) {
        return place(answer) >= 0 && place(answer) < STATES.indexOf(wanted);
    }

    private static int place(JsonNode answer) {
        return STATES.indexOf(status(answer));
    }

    private static String status(JsonNode answer) {
        return answer.path("status").asString("");
    }

    /** Steps of the history that were not printed before. @return how many there are */
    private int print(JsonNode answer, int printed) {
        JsonNode history = answer.path("history");
        for (int i = printed; i < history.size(); i++) {
            JsonNode step = history.get(i);
            context.out()
                    .println(PrintableText.line(step.path("at").asString("") + "  "
                            + step.path("to").asString("")));
        }
        return history.size();
    }
}
