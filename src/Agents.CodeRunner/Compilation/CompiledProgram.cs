using System.Reflection;
using System.Runtime.Loader;

namespace Agents.CodeRunner.Compilation;

/// <summary>A compiled program.</summary>
/// <param name="image">The assembly.</param>
/// <param name="symbols">Its line numbers.</param>
internal sealed class CompiledProgram(byte[] image, byte[] symbols)
{
    private const string HarnessClass = "Harness__";

    /// <summary>Loads the program once more, with static fields of its own, and returns a method of its harness.</summary>
    /// <param name="index">Index of the test.</param>
    /// <returns>The call and the expected value, each to be computed when called.</returns>
    public (Func<object?> Call, Func<object?> Expected) Load(int index)
    {
        Assembly assembly = new AssemblyLoadContext(null).LoadFromStream(new MemoryStream(image), new MemoryStream(symbols));
        Type harness = assembly.GetType(HarnessClass, throwOnError: true)!;
        return (Method(harness, $"Call{index}"), Method(harness, $"Expected{index}"));
    }

    private static Func<object?> Method(Type harness, string name) => harness.GetMethod(name)!.CreateDelegate<Func<object?>>();
}
