using System.Globalization;
using Agents.Prompts;
using HandlebarsDotNet;
using HandlebarsDotNet.Compiler;
using HandlebarsDotNet.Iterators;
using HandlebarsDotNet.MemberAccessors;
using HandlebarsDotNet.ObjectDescriptors;
using HandlebarsDotNet.PathStructure;

namespace Agents.Runtime.Prompts;

/// <summary>Compiles templates: no escaping (prompts are no HTML), invariant numbers, no members of .NET objects, missing names are errors.</summary>
internal sealed class PromptRenderer
{
    private readonly IHandlebars _handlebars;

    /// <summary>Creates a renderer with its own closed configuration.</summary>
    public PromptRenderer()
    {
        HandlebarsConfiguration configuration = new()
        {
            NoEscape = true,
            ThrowOnUnresolvedBindingExpression = true,
            FormatProvider = CultureInfo.InvariantCulture,
        };
        configuration.ObjectDescriptorProviders.Add(new PlainValues());
        _handlebars = Handlebars.Create(configuration);
        _handlebars.RegisterHelper("number", static (in EncodedTextWriter writer, in HelperOptions _, in Context _, in Arguments arguments) =>
            writer.WriteSafeString(arguments[0] is int index
                ? (index + 1).ToString(CultureInfo.InvariantCulture)
                : throw new PromptException("'{{number @index}}' stands outside '{{#each}}'.")));
    }

    /// <summary>Compiles a template once.</summary>
    /// <param name="template">A checked template.</param>
    /// <param name="place">File and line, for errors.</param>
    /// <returns>Renders plain values.</returns>
    public Func<IReadOnlyDictionary<string, object?>, string> Compile(string template, string place)
    {
        HandlebarsTemplate<object, object> compiled;
        try
        {
            compiled = _handlebars.Compile(template);
        }
        catch (HandlebarsException error)
        {
            throw new PromptException($"{place}: the template is broken: {error.Message}", error);
        }

        return values =>
        {
            try
            {
                return compiled(values);
            }
            catch (Exception error) when (error is HandlebarsException or HandlebarsUndefinedBindingException)
            {
                throw new PromptException($"{place}: {error.GetBaseException().Message}.", error);
            }
        };
    }

    /// <summary>Gives strings, numbers and booleans no members: <c>{{text.Length}}</c> must not reach reflection.</summary>
    private sealed class PlainValues : IObjectDescriptorProvider
    {
        private static readonly Type[] Plain = [typeof(string), typeof(bool), typeof(int), typeof(long), typeof(double), typeof(decimal)];

        public bool TryGetDescriptor(Type type, out ObjectDescriptor value)
        {
            value = Plain.Contains(type)
                ? new ObjectDescriptor(type, NoMembers.Instance, static (_, _) => Array.Empty<object>(), static _ => NoItems.Instance)
                : ObjectDescriptor.Empty;
            return Plain.Contains(type);
        }
    }

    private sealed class NoItems : IIterator
    {
        public static NoItems Instance { get; } = new();

        public void Iterate(
            in EncodedTextWriter writer, BindingContext context, ChainSegment[] blockParamsVariables, object input, TemplateDelegate template, TemplateDelegate ifEmpty) =>
            throw new PromptException($"'#each' needs a list, but was given a {input.GetType().Name}.");
    }

    private sealed class NoMembers : IMemberAccessor
    {
        public static NoMembers Instance { get; } = new();

        public bool TryGetValue(object instance, ChainSegment memberName, out object value)
        {
            value = "";
            return false;
        }
    }
}
