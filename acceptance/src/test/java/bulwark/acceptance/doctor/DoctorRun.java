package bulwark.acceptance.doctor;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandTree;
import bulwark.app.doctor.DoctorCommand;
import bulwark.kernel.error.ExitCode;
import bulwark.testkit.Shell;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** One command of the doctor in this process. */
final class DoctorRun {
    private DoctorRun() {}

    /** @param folder in which it is typed; also its home */
    static Shell.Outcome of(Path folder, Clock clock, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        CommandContext context = new CommandContext(
                Map.of("HOME", folder.toString()),
                folder,
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                clock);
        int code = new CommandTree(DoctorCommand.class, context, ExitCode::plain).execute(arguments);
        return new Shell.Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
