using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using MixPolicy.Agent.Contract;

namespace MixPolicy.Agent.Api;

/// <summary>Refuses parameters that an endpoint does not have: a misspelt filter would otherwise show everything.</summary>
internal static class KnownParameters
{
    public static EndpointFilterDelegate Demand(EndpointFilterFactoryContext endpoint, EndpointFilterDelegate next)
    {
        string[] known = [.. endpoint.MethodInfo.GetParameters().SelectMany(Names).Order(StringComparer.Ordinal)];
        return context =>
        {
            var unknown = context.HttpContext.Request.Query.Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase));
            return unknown is null
                ? next(context)
                : throw Refusal.Invalid(unknown, "not a parameter here", known.Length == 0 ? "none" : string.Join(", ", known));
        };
    }

    private static IEnumerable<string> Names(ParameterInfo parameter) => parameter.GetCustomAttribute<AsParametersAttribute>() is null
        ? parameter.GetCustomAttribute<FromQueryAttribute>() is { } query ? [query.Name ?? parameter.Name!] : []
        : parameter.ParameterType.GetProperties()
            .Select(property => (property.Name, Query: property.GetCustomAttribute<FromQueryAttribute>()))
            .Where(property => property.Query is not null)
            .Select(property => property.Query!.Name ?? property.Name);
}
