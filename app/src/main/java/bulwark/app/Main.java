package bulwark.app;

import bulwark.app.stem.Stem;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.keys.KeyRefused;
import bulwark.kernel.process.FileRefused;
import bulwark.kernel.storage.StoreRefused;
import bulwark.kernel.tls.TlsDefaults;
import bulwark.kernel.tls.TlsRefused;
import bulwark.web.Edge.EdgeFailed;
import java.util.Arrays;

/** The one entry point. Exit codes: 0 done, 1 failed, 2 usage. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        TlsDefaults.apply();
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        // The node starts without the command-line library: reading its classes would be a third of the start-up time.
        String command = arguments.length == 1 ? arguments[0] : "";
        try {
            if (command.equals("stigmem-node")) {
                return new NodeRunner().run();
            }
            if (command.equals("rehearse-node")) {
                return new NodeTrainingRun().run();
            }
        } catch (Exception thrown) {
            return explain(thrown);
        }
        boolean stem = arguments.length > 0 && arguments[0].equals("stem");
        return stem
                ? Stem.execute(Arrays.copyOfRange(arguments, 1, arguments.length))
                : BulwarkCommand.execute(arguments);
    }

    /** Known refusals are sentences; anything else keeps its stack trace, because then we are at fault. */
    static int explain(Exception thrown) {
        switch (thrown) {
            case ConfigurationRefused refused -> refused.problems().forEach(Main::error);
            case CommandFailed failed -> error(String.valueOf(failed.getMessage()));
            case StoreRefused refused -> error(String.valueOf(refused.getMessage()));
            case KeyRefused refused -> error(String.valueOf(refused.getMessage()));
            case FileRefused refused -> error(String.valueOf(refused.getMessage()));
            case TlsRefused refused -> error(String.valueOf(refused.getMessage()));
            case EdgeFailed failed -> error(String.valueOf(failed.getMessage()));
            default -> thrown.printStackTrace();
        }
        return 1;
    }

    private static void error(String sentence) {
        System.err.println("error: " + sentence);
    }
}
