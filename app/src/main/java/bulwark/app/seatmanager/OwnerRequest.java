package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.json.StrictJson;
import bulwark.seats.SeatManager;
import bulwark.seats.settings.SeatSettings;
import bulwark.web.LocalAdminClient;
import bulwark.web.Response;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** A request to the service over its owner's socket, and its answer in words. */
final class OwnerRequest {
    private OwnerRequest() {}

    /** @return an id as it may stand in a path @throws CommandFailed for anything else */
    static String seat(String id) {
        if (!id.matches("[1-9][0-9]{0,17}")) {
            throw CommandFailed.usage("SEAT must be the id of a seat: a decimal number");
        }
        return id;
    }

    /** Prints sentence and digest of a plan, or what became of one; the whole answer with {@code json}. */
    static int post(CommandContext context, String path, Map<String, Object> body, boolean json) {
        JsonNode answer = answer(context, path, body);
        if (json) {
            context.out().println(StrictJson.text(answer));
            return ExitCode.DONE.plain();
        }
        JsonNode plan = answer.has("groups") ? answer : answer.path("plan");
        if (answer.has("seat")) {
            context.out()
                    .println("seat     " + answer.at("/seat/id").asString("") + ", vault "
                            + answer.at("/vault/address").asString(""));
        }
        if (answer.has("operationId")) {
            context.out()
                    .println("sent     operation " + answer.path("operationId").asString(""));
            context.out().println(PrintableText.line(answer.path("sentence").asString("")));
            return ExitCode.DONE.plain();
        }
        context.out().println(PrintableText.line(plan.path("sentence").asString("")));
        context.out().println("digest   " + plan.path("groups").asString(""));
        plan.at("/simulation/labels")
                .forEach(label -> context.out()
                        .println("tried    "
                                + PrintableText.line(label.path("label").asString("")) + ": "
                                + label.path("outcome").asString("") + ", gas "
                                + label.path("gas").asString("")));
        context.out()
                .println("planned  nothing is sent before "
                        + plan.path("approvalsNeeded").asString("") + " other person(s) approved this digest");
        return ExitCode.DONE.plain();
    }

    private static void printTried(CommandContext context, JsonNode plan) {
        context.out().println(PrintableText.line(plan.path("sentence").asString("")));
        context.out().println("digest   " + plan.path("groups").asString(""));
        plan.at("/simulation/labels")
                .forEach(label -> context.out()
                        .println("tried    "
                                + PrintableText.line(label.path("label").asString("")) + ": "
                                + label.path("outcome").asString("") + ", gas "
                                + label.path("gas").asString("")));
    }

    /** Prints a call that another key signs elsewhere. */
    static void printCall(CommandContext context, JsonNode answer) {
        printTried(context, answer);
        for (String member : new String[] {"governor", "target", "function", "calldata"}) {
            context.out()
                    .println(member + "  "
                            + PrintableText.line(
                                    answer.path("call").path(member).asString("")));
        }
    }

    /** @throws CommandFailed with the sentence of a refusal */
    static JsonNode answer(CommandContext context, String path, Map<String, Object> body) {
        Supplier<Configuration> settings =
                () -> Configuration.read(SeatSettings.schema(), context.environment(), context.directory());
        try (LocalAdminClient owner = SeatManager.owner(settings, context.directory(), context.clock())) {
            Response response = owner.post(path, StrictJson.write(body));
            JsonNode answer = StrictJson.parse(response.body());
            if (response.status() >= 300) {
                JsonNode error = answer.path("error");
                throw CommandFailed.negative(error.path("code").asString("REFUSED") + ": "
                        + PrintableText.line(error.path("message").asString("status " + response.status())));
            }
            return answer;
        }
    }
}
