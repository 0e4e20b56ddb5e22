package bulwark.app;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.cli.CommandContext;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CommandDescriptionsTest {
    private final List<String> undescribed = new ArrayList<>();

    @Test
    void every_command_option_and_parameter_has_a_description_of_three_words_or_more() {
        check(BulwarkCommand.tree(CommandContext.ofProcess()).line());
        assertThat(undescribed).isEmpty();
    }

    private void check(CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        require(name, command.getCommandSpec().usageMessage().description());
        command.getCommandSpec()
                .options()
                .forEach(option -> require(name + " " + option.longestName(), option.description()));
        command.getCommandSpec()
                .positionalParameters()
                .forEach(parameter -> require(name + " " + parameter.paramLabel(), parameter.description()));
        command.getSubcommands().values().forEach(this::check);
    }

    private void require(String what, String... description) {
        String text =
                String.join(" ", description).replaceAll("\\$\\{[^}]*}", "").strip();
        if (text.split("\\s+").length < 3) {
            undescribed.add(what + ": " + text);
        }
    }
}
