package bulwark.acceptance.handlers;

import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.handler.TaskHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Leaves one line for each run in the file that the task names: id, fencing token, attempt, {@link #WHOLE}. Who is killed while writing may leave a part of it, so that each
 * begins a line of its own and says where it ends.
 */
public final class Recording implements TaskHandler {
    public static final String WHOLE = "whole";

    @Override
    public String name() {
        return "acceptance.record";
    }

    @Override
    public String run(TaskContext context) throws IOException, InterruptedException {
        Path file = Path.of(context.args().get("file").stringValue());
        String line = "\n"
                + String.join(
                        " ", context.id(), context.fence().toString(), Integer.toString(context.attempt()), WHOLE);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        }
        if (context.args().has("ms")) {
            Thread.sleep(context.args().get("ms").longValue());
        }
        return context.id();
    }
}
