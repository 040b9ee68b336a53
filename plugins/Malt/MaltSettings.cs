using Agents.Plugins.Malt.Pipeline;
using Agents.Reasoning;
using Agents.Strategies;

namespace Agents.Plugins.Malt;

/// <summary>Own settings of <c>malt</c> (papers/33 §2.7). Common options: <c>samples</c>, the passes that vote (default 3), and <c>temperature</c> of every role (default 0.3).</summary>
/// <param name="Pipeline">Roles of a pass. Default gvr.</param>
/// <param name="GeneratorAdapter">Adapter of the generator. Default null: none.</param>
/// <param name="VerifierAdapter">Adapter of the verifier. Default null: none.</param>
/// <param name="RefinerAdapter">Adapter of the refiner. Default null: none.</param>
public sealed record MaltSettings(
    MaltPipeline Pipeline = MaltPipeline.Gvr,
    string? GeneratorAdapter = null,
    string? VerifierAdapter = null,
    string? RefinerAdapter = null)
{
    /// <summary>Names and meanings, for help texts and error messages.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["pipeline"] = "roles of a pass: gvr, gv, gr or g (default gvr)",
        ["generatorAdapter"] = "adapter of the generator (default none)",
        ["verifierAdapter"] = "adapter of the verifier (default none)",
        ["refinerAdapter"] = "adapter of the refiner (default none)",
    };

    /// <summary>Returns the adapters by role.</summary>
    internal RoleAdapters Adapters() => new(GeneratorAdapter, VerifierAdapter, RefinerAdapter);

    /// <summary>Reads the settings of a request.</summary>
    /// <param name="options">Options of the request.</param>
    /// <exception cref="ArgumentException">A name is unknown or values are out of range; all are listed.</exception>
    internal static MaltSettings Read(StrategyOptions options)
    {
        MaltSettings settings = StrategySettings.Read(options, MaltStrategy.Id, new MaltSettings(), SettingsJson.Default.MaltSettings, Descriptions);
        new SettingRules(MaltStrategy.Id)
            .Require(Enum.IsDefined(settings.Pipeline), $"pipeline is {settings.Pipeline}, it must be gvr, gv, gr or g")
            .Require(settings.GeneratorAdapter is not "", "generatorAdapter is empty, name an adapter or leave it out")
            .Require(settings.VerifierAdapter is not "", "verifierAdapter is empty, name an adapter or leave it out")
            .Require(settings.RefinerAdapter is not "", "refinerAdapter is empty, name an adapter or leave it out")
            .ThrowIfBroken();
        return settings;
    }
}
