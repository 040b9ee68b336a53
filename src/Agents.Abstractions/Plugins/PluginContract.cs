namespace Agents.Plugins;

/// <summary>Version of the contract that this assembly defines. A manifest names the range it was built for, for example <c>[1.0,2.0)</c>.</summary>
public static class PluginContract
{
    /// <summary>The contract's version, major and minor. Members are added in minors, never removed inside a major.</summary>
    public const string Version = "1.0";
}
