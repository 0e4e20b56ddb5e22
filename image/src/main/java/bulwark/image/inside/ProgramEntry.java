package bulwark.image.inside;

import bulwark.app.Main;
import java.nio.file.Path;
import java.util.Arrays;

/** Starts the command whose name the called file bears: {@code /usr/bin/stigmem health} is {@code stigmem health}. */
public final class ProgramEntry {
    private ProgramEntry() {}

    /** @param arguments path of the called file, as the kernel hands it over, then its own arguments */
    public static void main(String[] arguments) {
        String[] command = Arrays.copyOf(arguments, arguments.length);
        command[0] = String.valueOf(Path.of(arguments[0]).getFileName());
        Main.main(command);
    }
}
