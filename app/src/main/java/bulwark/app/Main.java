package bulwark.app;

import bulwark.app.up.Part;
import bulwark.kernel.error.ErrorReport;
import bulwark.kernel.tls.TlsDefaults;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** The one entry point. Ends with an {@link bulwark.kernel.error.ExitCode}. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        TlsDefaults.apply();
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        List<String> all = List.of(arguments);
        try {
            for (Part part : PartList.ALL) {
                Optional<Callable<Integer>> direct = part.directCommand(all);
                if (direct.isPresent()) {
                    return direct.get().call();
                }
            }
        } catch (Exception thrown) {
            return explain(thrown);
        }
        return BulwarkCommand.execute(arguments);
    }

    static int explain(Exception thrown) {
        return ErrorReport.print(thrown, System.err).plain();
    }
}
