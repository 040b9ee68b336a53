using Agents.Fuzzing.Engine;
using Agents.Fuzzing.Targets;
using Agents.Models;

namespace Agents.Fuzzing;

/// <summary>The readers of untrusted bytes that are fuzzed.</summary>
public static class FuzzTargets
{
    /// <summary>Gets the names of all targets but the canary.</summary>
    public static IReadOnlyList<string> Names { get; } = ["gguf", "gguf-model", "safetensors", "tokenizer-json", "template", "json-schema", "regex", "mini-program"];

    /// <summary>Creates a target.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IFuzzTarget Create(string name) => name switch
    {
        "gguf" => new GgufTarget(),
        "gguf-model" => new GgufModelTarget(),
        "safetensors" => new SafetensorsTarget(),
        "tokenizer-json" => new TokenizerJsonTarget(),
        "template" => new TemplateTarget(),
        "json-schema" => new ConstraintTarget(OutputConstraintKind.JsonSchema),
        "regex" => new ConstraintTarget(OutputConstraintKind.Regex),
        "mini-program" => new MiniProgramTarget(),
        "canary" => new CanaryTarget(),
        _ => throw new ArgumentException($"Unknown target '{name}'. {NearestNames.Describe(name, Names)}", nameof(name)),
    };
}
