package bulwark.app;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.ProcessArguments;
import bulwark.app.up.Part;
import bulwark.app.up.PartList;
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
        System.exit(run(CommandContext.ofProcess(), ProcessArguments.read(arguments)));
    }

    /** One command of the whole program in this process. @return the exit code */
    static int run(CommandContext context, String... arguments) {
        if (arguments.length > 0 && arguments[0].equals(BulwarkCommand.VERIFY)) {
            return BulwarkCommand.execute(context, arguments);
        }
        try {
            for (Part part : PartList.all()) {
                Optional<Callable<Integer>> direct = part.directCommand(context, List.of(arguments));
                if (direct.isPresent()) {
                    return direct.get().call();
                }
            }
        } catch (Exception thrown) {
            return ErrorReport.print(thrown, context.err()).plain();
        }
        return BulwarkCommand.execute(context, arguments);
    }
}
