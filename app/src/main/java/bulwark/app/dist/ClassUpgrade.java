package bulwark.app.dist;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Gives classes of Java 5 and older (the command-line library is compiled so) the class-file version of Java 8 and the stack maps that it demands, and changes no instruction.
 * The JVM puts no class without stack maps into a start-up cache: it would read and verify all of them from the jar at each start.
 */
final class ClassUpgrade {
    private static final int MAGIC = 0xCAFEBABE;
    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

    private final ClassFile classFile;

    /** @param jar where the classes lie that the upgraded ones extend */
    ClassUpgrade(ZipFile jar) {
        ClassHierarchyResolver resolver = ClassHierarchyResolver.ofResourceParsing(type -> open(jar, type))
                .orElse(ClassHierarchyResolver.defaultResolver());
        classFile = ClassFile.of(
                ClassFile.ClassHierarchyResolverOption.of(resolver), ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
    }

    /** The same bytes when they are no class, or one that needs no upgrade. */
    byte[] apply(byte[] content) {
        if (!isOld(content)) {
            return content;
        }
        ClassModel old = classFile.parse(content);
        return classFile.transformClass(
                old,
                ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
                        .andThen(ClassTransform.endHandler(made -> made.withVersion(ClassFile.JAVA_8_VERSION, 0))));
    }

    static boolean isOld(byte[] content) {
        if (content.length < 8) {
            return false;
        }
        java.nio.ByteBuffer head = java.nio.ByteBuffer.wrap(content);
        return head.getInt() == MAGIC && (head.getInt() & 0xFFFF) < FIRST_WITH_STACK_MAPS;
    }

    private static java.io.@Nullable InputStream open(ZipFile jar, ClassDesc type) {
        String descriptor = type.descriptorString();
        ZipEntry entry = jar.getEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
        if (entry == null) {
            return null;
        }
        try (java.io.InputStream in = jar.getInputStream(entry)) {
            return new ByteArrayInputStream(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
