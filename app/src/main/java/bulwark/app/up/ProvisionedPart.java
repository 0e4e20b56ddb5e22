package bulwark.app.up;

import bulwark.app.cli.CommandContext;
import java.io.IOException;
import java.util.List;

/** A part whose folders, keys and settings are there. */
public interface ProvisionedPart {
    List<ChildSpec> children();

    /** What it serves to a part that stands before others. */
    default List<LocalService> services() {
        return List.of();
    }

    /** Told once, before any child starts. @param services of all parts */
    default void standBefore(List<LocalService> services) throws IOException {}

    /** Runs once the children are there. A failure is reported and stops nothing. */
    default void afterStart(CommandContext context) throws IOException, InterruptedException {}

    /** Where it is reached and what to try first, as lines for a terminal. */
    List<String> welcome();
}
