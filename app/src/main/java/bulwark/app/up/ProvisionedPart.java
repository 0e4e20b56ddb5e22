package bulwark.app.up;

import bulwark.app.cli.CommandContext;
import java.io.IOException;
import java.util.List;

/** A part whose folders, keys and settings are there. */
public interface ProvisionedPart {
    List<ChildSpec> children();

    /** Runs once the children are there. */
    default void afterStart(CommandContext context) throws IOException {}

    /** Where it is reached and what to try first, as lines for a terminal. */
    List<String> welcome();
}
