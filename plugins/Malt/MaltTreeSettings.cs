using Agents.Plugins.Malt.Pipeline;
using Agents.Plugins.Malt.Trees;
using Agents.Reasoning;
using Agents.Strategies;

namespace Agents.Plugins.Malt;

/// <summary>Own settings of <c>malt-tree</c> (papers/33 §2.2). Common options: <c>samples</c>, the branching factor n (default 3), and <c>temperature</c> of every role (default 0.3).</summary>
/// <param name="Threshold">A node is positive when its value lies strictly above. Default 0.5, range [0, 1).</param>
/// <param name="Pooling">What is pooled on the way up. Default global.</param>
/// <param name="GeneratorAdapter">Adapter of the generator. Default null: none.</param>
/// <param name="VerifierAdapter">Adapter of the verifier. Default null: none.</param>
/// <param name="RefinerAdapter">Adapter of the refiner. Default null: none.</param>
public sealed record MaltTreeSettings(
    double Threshold = TreeValues.DefaultThreshold,
    Pooling Pooling = Pooling.Global,
    string? GeneratorAdapter = null,
    string? VerifierAdapter = null,
    string? RefinerAdapter = null)
{
    /// <summary>Names and meanings, for help texts and error messages.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["threshold"] = "a node is positive when its value lies strictly above (default 0.5)",
        ["pooling"] = "what is pooled on the way up: global (means) or local (labels) (default global)",
        ["generatorAdapter"] = "adapter of the generator (default none)",
        ["verifierAdapter"] = "adapter of the verifier (default none)",
        ["refinerAdapter"] = "adapter of the refiner (default none)",
    };

    /// <summary>Returns the adapters by role.</summary>
    internal RoleAdapters Adapters() => new(GeneratorAdapter, VerifierAdapter, RefinerAdapter);

    /// <summary>Reads the settings of a request.</summary>
    /// <param name="options">Options of the request.</param>
    /// <exception cref="ArgumentException">A name is unknown or values are out of range; all are listed.</exception>
    internal static MaltTreeSettings Read(StrategyOptions options)
    {
        MaltTreeSettings settings = StrategySettings.Read(options, MaltTreeStrategy.Id, new MaltTreeSettings(), SettingsJson.Default.MaltTreeSettings, Descriptions);
        new SettingRules(MaltTreeStrategy.Id)
            .Require(options.Samples is null or <= MaltTreeStrategy.MaximumBranching, $"samples is {options.Samples}, a tree of n branches has n³ leaves, so it must lie in 1 … {MaltTreeStrategy.MaximumBranching}")
            .Require(settings.Threshold is >= 0 and < 1, $"threshold is {settings.Threshold}, it must lie in [0, 1)")
            .Require(Enum.IsDefined(settings.Pooling), $"pooling is {settings.Pooling}, it must be global or local")
            .Require(settings.GeneratorAdapter is not "", "generatorAdapter is empty, name an adapter or leave it out")
            .Require(settings.VerifierAdapter is not "", "verifierAdapter is empty, name an adapter or leave it out")
            .Require(settings.RefinerAdapter is not "", "refinerAdapter is empty, name an adapter or leave it out")
            .ThrowIfBroken();
        return settings;
    }
}
