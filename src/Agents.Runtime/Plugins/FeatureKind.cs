using System.Text;

namespace Agents.Runtime.Plugins;

/// <summary>Names of extension points in manifests: the interface's name in kebab-case without its I, for example <c>reasoning-strategy</c>.</summary>
public static class FeatureKind
{
    /// <summary>Returns the name of an extension point.</summary>
    /// <param name="extensionPoint">Interface of the contract assembly.</param>
    public static string Of(Type extensionPoint)
    {
        ArgumentNullException.ThrowIfNull(extensionPoint);
        string name = extensionPoint.Name;
        int start = name.Length > 1 && name[0] == 'I' && char.IsUpper(name[1]) ? 1 : 0;
        var kebab = new StringBuilder();
        for (int i = start; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > start)
            {
                kebab.Append('-');
            }

            kebab.Append(char.ToLowerInvariant(name[i]));
        }

        return kebab.ToString();
    }
}
