package shop.system;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules by which the shop stays decoupled. */
class ArchitectureTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> SERVICES =
            List.of("order-service", "email-service", "sms-service", "delivery-service", "seckill-gateway");
    private static final String[] SERVICE_PACKAGES = {
        "shop.order..", "shop.email..", "shop.sms..", "shop.delivery..", "shop.seckill.."
    };
    private static final JavaClasses SHOP = everyModule();

    private static JavaClasses everyModule() {
        List<Path> outputs = Stream.concat(Stream.of("events", "messaging", "web", "playground"), SERVICES.stream())
                .map(module -> ROOT.resolve(module).resolve("target/classes"))
                .toList();
        assertThat(outputs).allSatisfy(output -> assertThat(output).isDirectory());
        return new ClassFileImporter().importPaths(outputs);
    }

    @Test
    void servicesKnowNoOtherService() {
        slices().matching("shop.(order|email|sms|delivery|seckill|playground)..")
                .should()
                .notDependOnEachOther()
                .check(SHOP);
    }

    @Test
    void theMechanicsKnowNothingOfTheShop() {
        noClasses()
                .that(resideInAnyPackage("shop.messaging..", "shop.web.."))
                .should()
                .dependOnClassesThat(resideInAPackage("shop..")
                        .and(JavaClass.Predicates.resideOutsideOfPackages("shop.messaging..", "shop.web..")))
                .check(SHOP);
        noClasses()
                .that(resideInAPackage("shop.messaging.."))
                .should()
                .dependOnClassesThat(resideInAPackage("shop.web.."))
                .check(SHOP);
    }

    @Test
    void theLanguageOfTheEventsNeedsNoFramework() {
        classes()
                .that(resideInAPackage("shop.events.."))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("shop.events..", "java..", "org.jspecify.."))
                .check(SHOP);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("shop.(*).(*)..").should().beFreeOfCycles().check(SHOP);
    }

    @Test
    void nothingIsPublicUntilAnotherPackageNeedsIt() {
        classes()
                .that(resideInAnyPackage(SERVICE_PACKAGES))
                .and()
                .areTopLevelClasses()
                .and()
                .arePublic()
                .and()
                .areNotAnnotatedWith("org.springframework.boot.autoconfigure.SpringBootApplication")
                .should(beUsedByAnotherPackage())
                .check(SHOP);
    }

    @Test
    void whatAClassNeedsComesThroughItsConstructor() {
        noFields()
                .should()
                .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
                .orShould()
                .beAnnotatedWith("org.springframework.beans.factory.annotation.Value")
                .check(SHOP);
    }

    @Test
    void everyPackageSaysWhatItIsForAndIsNullMarked() {
        classes()
                .that(resideInAPackage("shop.."))
                .should(new ArchCondition<>("be in a package with a package-info that is @NullMarked") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        boolean marked = type.getPackage()
                                .getPackageInfo() // throws where there is none
                                .isAnnotatedWith("org.jspecify.annotations.NullMarked");
                        events.add(new SimpleConditionEvent(type, marked, type.getPackageName()));
                    }
                })
                .check(SHOP);
    }

    @Test
    void eachServiceNamesItsQueuesInOneClass() throws IOException {
        Pattern queueName = Pattern.compile("\"(order|email|sms|delivery|seckill|shop)\\.(events|purchases|journal"
                + "|parked|purchases\\.parked)\"");
        for (String service : SERVICES) {
            try (Stream<Path> sources = Files.walk(ROOT.resolve(service).resolve("src/main/java"))) {
                assertThat(sources.filter(file -> file.toString().endsWith(".java"))
                                .filter(file -> queueName.matcher(read(file)).find())
                                .map(file -> file.getFileName().toString()))
                        .as("classes of %s with a queue's name", service)
                        .hasSize(1)
                        .allSatisfy(name -> assertThat(name).endsWith("Topology.java"));
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ArchCondition<JavaClass> beUsedByAnotherPackage() {
        return new ArchCondition<>("be used by another package") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                // The compiler copies constants to where they are used, which leaves no trace in the class files.
                boolean used = type.getFields().stream().anyMatch(ArchitectureTest::constant)
                        || type.getDirectDependenciesToSelf().stream()
                                .anyMatch(dependency -> !dependency
                                        .getOriginClass()
                                        .getPackageName()
                                        .equals(type.getPackageName()));
                events.add(new SimpleConditionEvent(type, used, type.getName() + " could be package-private"));
            }
        };
    }

    private static boolean constant(JavaField field) {
        return field.getModifiers().containsAll(Set.of(JavaModifier.PUBLIC, JavaModifier.STATIC, JavaModifier.FINAL));
    }
}
