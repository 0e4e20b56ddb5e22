package bulwark.tasks.exec;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.handler.TaskHandler;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program: the arguments as one line of JSON on its standard input and nowhere else, nothing of our environment, limits on time and output. Its result is what it wrote, as
 * JSON when it is, else as text. Only for signed envelopes.
 */
final class ExecTask implements TaskHandler {
    private final ExecProgram program;

    ExecTask(ExecProgram program) {
        this.program = program;
    }

    @Override
    public String name() {
        return program.task();
    }

    @Override
    public String description() {
        return "Runs " + program.program() + ".";
    }

    @Override
    public boolean signedOnly() {
        return true;
    }

    @Override
    public @Nullable Object run(TaskContext context) throws Exception {
        if (!context.signed()) {
            throw new ExecFailed("a program runs for signed envelopes only");
        }
        program.check();
        byte[] output = new ExecRun(program, context).run((context.args() + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            return StrictJson.parse(output);
        } catch (RuntimeException notJson) {
            return new String(output, StandardCharsets.UTF_8).stripTrailing();
        }
    }
}
