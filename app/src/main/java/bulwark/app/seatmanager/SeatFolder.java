package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.seats.settings.DatabaseUrl;
import bulwark.seats.settings.SeatSettings;

/** Where a command finds its store: it needs the one setting, however faulty the others are. */
final class SeatFolder {
    private SeatFolder() {}

    /** @throws CommandFailed naming the setting when it is not there or cannot be used */
    static StoreLocation store(CommandContext context) {
        Configuration settings = lenient(context);
        String url = settings.secret(SeatSettings.DATABASE)
                .map(secret -> secret.exposeText(SecretAccess.grant()))
                .orElseThrow(() ->
                        CommandFailed.usage(SeatSettings.DATABASE + " is missing or empty: set it to sqlite:seats.db"));
        DatabaseUrl.problem(url).ifPresent(problem -> {
            throw CommandFailed.usage(SeatSettings.DATABASE + " " + problem);
        });
        return DatabaseUrl.location(() -> lenient(context), context.directory());
    }

    static Configuration lenient(CommandContext context) {
        return Configuration.readLenient(SeatSettings.schema(), context.environment(), context.directory());
    }
}
