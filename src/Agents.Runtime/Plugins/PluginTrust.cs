namespace Agents.Runtime.Plugins;

/// <summary>How a folder of plugins is treated.</summary>
public enum PluginTrust
{
    /// <summary>Own collectible context: can be unloaded and reloaded. A load context is no security boundary.</summary>
    ThirdParty = 0,

    /// <summary>Ships with the product: same checks, but a context that is never unloaded, because static fields are nine times slower in a collectible one.</summary>
    FirstParty = 1,
}
