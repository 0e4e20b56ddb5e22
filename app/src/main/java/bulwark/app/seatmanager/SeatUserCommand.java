package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.json.StrictJson;
import bulwark.seats.SeatManager;
import bulwark.seats.settings.SeatSettings;
import bulwark.web.LocalAdminClient;
import bulwark.web.Response;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the owner of the machine does about people; works while the service runs and while it does not. */
@Command(
        name = "user",
        description = "Make the first administrator, and give anybody a way back in.",
        subcommands = {SeatUserCommand.CreateAdmin.class, SeatUserCommand.SetPassword.class})
final class SeatUserCommand extends CommandGroup {
    private static final int MAX_BYTES = 4096;

    SeatUserCommand(CommandContext context) {
        super(context);
    }

    @Command(
            name = "create-admin",
            description =
                    "Make an administrator; the password comes from the terminal or standard input, never from the"
                            + " command line.")
    static final class CreateAdmin implements Callable<Integer> {
        private final CommandContext context;

        @Option(names = "--user", paramLabel = "NAME", description = "Username; admin where none is given.")
        private String user = "admin";

        CreateAdmin(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            post(context, "/owner/users/admin", user);
            context.out().println("administrator " + user + " can sign in");
            return ExitCode.DONE.plain();
        }
    }

    @Command(
            name = "set-password",
            description = "Replace a password and end every session of its user; the new one comes from the terminal or"
                    + " standard input.")
    static final class SetPassword implements Callable<Integer> {
        private final CommandContext context;

        @Option(names = "--user", paramLabel = "NAME", description = "Username; admin where none is given.")
        private String user = "admin";

        SetPassword(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            post(context, "/owner/users/password", user);
            context.out().println("the password of " + user + " is replaced, and every session has ended");
            return ExitCode.DONE.plain();
        }
    }

    private static void post(CommandContext context, String path, String user) throws IOException {
        Supplier<Configuration> settings =
                () -> Configuration.read(SeatSettings.schema(), context.environment(), context.directory());
        byte[] body = StrictJson.write(Map.of("username", user, "password", password(context)));
        try (LocalAdminClient owner = SeatManager.owner(settings, context.directory(), context.clock())) {
            Response response = owner.post(path, body);
            if (response.status() >= 300) {
                throw CommandFailed.negative(StrictJson.parse(response.body())
                        .path("error")
                        .path("message")
                        .asString("status " + response.status()));
            }
        }
    }

    private static String password(CommandContext context) throws IOException {
        Console console = System.console();
        if (console != null && console.isTerminal()) {
            char[] typed = console.readPassword("Password: ");
            return typed == null ? "" : new String(typed);
        }
        String text = new String(context.in().readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        return text.lines().findFirst().orElse("");
    }
}
