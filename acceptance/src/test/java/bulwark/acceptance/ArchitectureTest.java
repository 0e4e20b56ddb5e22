package bulwark.acceptance;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.List;
import java.util.stream.Stream;

/** The direction of knowledge, held by a test. Modules and parts are those of {@link SourceTree}: nobody lists them. */
@AnalyzeClasses(packages = "bulwark", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** Forwards bytes between connections, or connects to an address that was judged; see docs/decisions/001-dependencies.md. */
    private static final String[] FORWARD_PATH = {
        "bulwark.gateway.fetch", "bulwark.gateway.http1", "bulwark.gateway.http2", "bulwark.gateway.proxy"
    };

    @ArchTest
    static final ArchRule THE_KERNEL_KNOWS_NO_OTHER_MODULE = noClasses()
            .that()
            .resideInAPackage("bulwark.kernel..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(with(packages(SourceTree.modulesBut("kernel")), "io.vertx..", "io.netty.."));

    @ArchTest
    static final ArchRule THE_EDGE_KNOWS_THE_KERNEL_ALONE = noClasses()
            .that()
            .resideInAPackage("bulwark.web..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(packages(SourceTree.modulesBut("web", "kernel")));

    /** The parts bring their probes; it names none of them. */
    @ArchTest
    static final ArchRule THE_DOCTOR_KNOWS_KERNEL_AND_WEB_ALONE = noClasses()
            .that()
            .resideInAPackage("bulwark.doctor..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    with(packages(SourceTree.modulesBut("doctor", "web", "kernel")), "io.vertx..", "io.netty.."));

    /** Each part is compared by itself, so that a new one is held without being named here. Netty is for forwarding alone: what answers requests stands on the edge. */
    @ArchTest
    static void a_part_knows_itself_web_and_kernel_alone(JavaClasses all) {
        for (String part : SourceTree.parts()) {
            assertThat(all.stream().anyMatch(type -> inModule(type, part)))
                    .as("the program carries the part %s: add it to app/pom.xml", part)
                    .isTrue();
            noClasses()
                    .that()
                    .resideInAPackage("bulwark." + part + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(with(packages(SourceTree.modulesBut(part, "web", "kernel")), "io.vertx.."))
                    .check(all);
            noClasses()
                    .that()
                    .resideInAPackage("bulwark." + part + "..")
                    .and()
                    .resideOutsideOfPackages(FORWARD_PATH)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.netty..")
                    .check(all);
        }
    }

    @ArchTest
    static final ArchRule THE_FRAME_OF_COMMANDS_AND_PROCESSES_KNOWS_NO_PART = noClasses()
            .that()
            .resideInAnyPackage("bulwark.app.cli..", "bulwark.app.up..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(packages(SourceTree.parts().stream()));

    /** A class in a package of another module would be held by the wrong rule. */
    @ArchTest
    static void every_class_lies_in_a_package_of_a_module(JavaClasses all) {
        assertThat(all).allMatch(type -> SourceTree.modules().stream().anyMatch(module -> inModule(type, module)));
    }

    @ArchTest
    static final ArchRule NO_CYCLES_BETWEEN_PACKAGES =
            slices().matching("bulwark.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ONLY_SIGNING_NAMES_A_CRYPTO_PROVIDER = noClasses()
            .that()
            .resideOutsideOfPackage("bulwark.kernel.signing..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.bouncycastle..", "com.amazon.corretto..", "javax.crypto..");

    /** A test's neighbour that signs is built from the definitions, not from what it tests. */
    @ArchTest
    static final ArchRule ONLY_SIGNING_SIGNS_AND_HASHES = noClasses()
            .that()
            .resideOutsideOfPackages("bulwark.kernel.signing..", "bulwark.testkit..")
            .should()
            .callMethodWhere(target(nameMatching("getInstance"))
                    .and(target(owner(assignableTo(Signature.class).or(assignableTo(MessageDigest.class))))));

    /** Routes that only a test makes would be tested and never served. */
    @ArchTest
    static final ArchRule ALL_ROUTES_ARE_ASKED_FOR_BY_THE_PROGRAM = classes()
            .that()
            .haveSimpleNameEndingWith("Routes")
            .and()
            .areNotInterfaces()
            .should(beUsedByAnotherClass());

    private static boolean inModule(JavaClass type, String module) {
        return (type.getPackageName() + ".").startsWith("bulwark." + module + ".");
    }

    private static String[] packages(Stream<String> modules) {
        return modules.map(module -> "bulwark." + module + "..").toArray(String[]::new);
    }

    private static String[] with(String[] packages, String... more) {
        return Stream.concat(Stream.of(packages), Stream.of(more)).toArray(String[]::new);
    }

    private static ArchCondition<JavaClass> beUsedByAnotherClass() {
        return new ArchCondition<>("be constructed, or asked for its routes, by another class of the program") {
            @Override
            public void check(JavaClass routes, ConditionEvents events) {
                boolean used = routes.getCodeUnitCallsToSelf().stream()
                        .filter(call -> call.getTarget().getName().equals("<init>")
                                || call.getTarget().getRawReturnType().isAssignableTo(List.class))
                        .anyMatch(call -> !call.getOriginOwner().equals(routes));
                if (!used) {
                    events.add(SimpleConditionEvent.violated(
                            routes, routes.getName() + " is used by no other class, so its routes are not served"));
                }
            }
        };
    }
}
