package bulwark.app.cli;

import java.lang.reflect.Constructor;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes commands and their mixins: with the context where a constructor takes nothing else, without arguments otherwise. */
final class CommandFactory implements IFactory {
    private static final IFactory WITHOUT_ARGUMENTS = CommandLine.defaultFactory();

    private final CommandContext context;

    CommandFactory(CommandContext context) {
        this.context = context;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == CommandContext.class) {
                constructor.setAccessible(true);
                return type.cast(constructor.newInstance(context));
            }
        }
        return WITHOUT_ARGUMENTS.create(type);
    }
}
