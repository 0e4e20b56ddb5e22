package bulwark.app;

import bulwark.app.stem.Stem;
import bulwark.kernel.error.ErrorReport;
import bulwark.kernel.tls.TlsDefaults;
import java.util.Arrays;

/** The one entry point. Ends with an {@link bulwark.kernel.error.ExitCode}. */
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

    static int explain(Exception thrown) {
        return ErrorReport.print(thrown, System.err).plain();
    }
}
